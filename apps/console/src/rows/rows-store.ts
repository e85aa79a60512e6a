import { planRows, rowsText } from './wanted-rows.ts'

/** What is read of a row; the rest is the caller's. */
type Row = { row?: number | undefined }

/** Of 100,000 rows this many stay read: some hundred screens. */
const mostKept = 5_000
/** After a failed call the next one waits so long (ms), unless a person asks or the producer wants more. */
const pauseMs = 3_000

/**
 * `waitOf`: how long the producer has asked to wait (ms), where it has; then rows are asked for again by themselves. `later` does
 * something after so long, and gives what ends that.
 */
type Clock = {
  now: () => number
  waitOf?: (error: unknown) => number | undefined
  later?: (ms: number, run: () => void) => () => void
}

/**
 * The rows of a batch that the screen wants: read in few calls, kept while there is room. `changed` hears of each arrival.
 * What was wanted and is not any more is given up.
 */
export function openRows<View extends Row>(
  options: Clock & {
    read: (rows: string, signal: AbortSignal) => Promise<readonly View[]>
    changed: () => void
  },
) {
  const { read, changed } = options
  const { kept, stale, absent, has, put } = openKept<View>(() => wantedNow())
  let calls: { rows: readonly number[]; ends: AbortController }[] = []
  const wants = new Map<string, readonly number[]>()
  let closed = false
  const fault = openFault(options, () => next())

  /** Who asked last comes first. */
  const wantedNow = (): readonly number[] => [...wants.values()].toReversed().flat()

  function next(): void {
    if (closed || fault.holds()) return
    const plan = planRows({ wanted: wantedNow(), has, calls })
    for (const at of plan.stop) calls[at]?.ends.abort()
    calls = calls.filter((_, at) => !plan.stop.includes(at))
    if (plan.read.length > 0) void call(plan.read)
  }

  async function call(rows: readonly number[]): Promise<void> {
    const mine = { rows, ends: new AbortController() }
    calls = [...calls, mine]
    for (const row of rows) stale.delete(row)
    try {
      const views = await read(rowsText(rows), mine.ends.signal)
      fault.over()
      for (const row of rows) absent.add(row)
      for (const view of views) if (view.row !== undefined) put(view.row, view)
    } catch (error) {
      for (const row of rows) if (kept.has(row)) stale.add(row)
      if (mine.ends.signal.aborted) return
      fault.is(error)
    }
    calls = calls.filter((each) => each !== mine)
    if (closed) return
    changed()
    next()
  }

  return {
    ...orders({ kept, stale, absent, wants, next }),
    /** What is known of a row without reading it. */
    put: (row: number, view: View): void => {
      put(row, view)
      changed()
    },
    /** Why the last call came to nothing; it is not told where the producer has asked to wait. */
    failure: fault.told,
    retry: (): void => {
      fault.over()
      next()
    },
    close: (): void => {
      closed = true
      fault.close()
      calls.forEach(({ ends }) => ends.abort())
    },
    open: (): void => {
      closed = false
    },
  }
}

/** The last call that failed, and until when there is no other. `again`: the time is over that the producer has asked to wait. */
function openFault({ now, waitOf = () => undefined, later = inTime }: Clock, again: () => void) {
  let failed: { error: unknown; until: number; isWait: boolean } | undefined
  let endWait = () => {}
  return {
    holds: (): boolean => failed !== undefined && now() < failed.until,
    is: (error: unknown): void => {
      const asked = waitOf(error)
      const ms = Math.max(pauseMs, asked ?? 0)
      failed = { error, until: now() + ms, isWait: asked !== undefined }
      endWait()
      if (asked !== undefined) endWait = later(ms, again)
    },
    over: (): void => {
      failed = undefined
    },
    told: (): unknown => (failed?.isWait === true ? undefined : failed?.error),
    close: (): void => endWait(),
  }
}

function inTime(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}

/** What is asked of rows; `next` reads what is missing then. */
function orders<View>(parts: {
  kept: Map<number, View>
  stale: Set<number>
  absent: Set<number>
  wants: Map<string, readonly number[]>
  next: () => void
}) {
  const { kept, stale, absent, wants, next } = parts
  return {
    /** As it was read last; undefined until it was. */
    get: (row: number): View | undefined => kept.get(row),
    /** `who` shows these rows now, the first of them first. */
    want: (rows: readonly number[], who = 'grid'): void => {
      wants.delete(who)
      wants.set(who, rows)
      next()
    },
    /** These rows are different now: they are read again while they are wanted, and shown as they were until then. */
    touch: (rows: Iterable<number>): void => {
      for (const row of rows) {
        absent.delete(row)
        if (kept.has(row)) stale.add(row)
      }
      next()
    },
    /** All of them are different now. */
    touchAll: (): void => {
      absent.clear()
      for (const row of kept.keys()) stale.add(row)
      next()
    },
  }
}

/** Rows that were read. `stale` ones are different by now; `absent` ones are not there. */
function openKept<View extends Row>(wanted: () => readonly number[]) {
  const kept = new Map<number, View>()
  const [stale, absent] = [new Set<number>(), new Set<number>()]
  return {
    kept,
    stale,
    absent,
    has: (row: number): boolean => (kept.has(row) && !stale.has(row)) || absent.has(row),
    put: (row: number, view: View): void => {
      absent.delete(row)
      kept.delete(row)
      kept.set(row, view)
      if (kept.size <= mostKept) return
      const seen = new Set(wanted())
      for (const old of kept.keys()) {
        if (kept.size <= mostKept) return
        if (!seen.has(old)) kept.delete(old)
      }
    },
  }
}

export type Rows<View extends Row> = ReturnType<typeof openRows<View>>
