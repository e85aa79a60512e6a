import { setTimeout as sleep } from 'node:timers/promises'
import { type Batch, viewOfBatch } from '@restyle/shared/contract/batch'
import { planeNames, type Planes } from '@restyle/shared/contract/planes'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { SparingLog } from '../http/sparing-log.ts'

type WatchLedger = Pick<Ledger, 'listMade' | 'planesNow' | 'readBatches' | 'readPlanes'>

/** How often all that is watched is looked at, and how often the views of batches are, which cost more. */
const [everyMs, viewsEveryMs] = [250, 1_000]

/** Looks at a batch that are kept: a reader who is further behind reads the map anew. */
const keptLooks = 4

/** Bytes of planes that a process keeps; of batches beyond it readers hear only that something has changed. */
const mostBytes = 128 * 1024 * 1024

/** So many batches of a producer are watched together, the newest ones. */
const mostListed = 100

/** What is watched for one or more readers: a batch, or the newest batches of a producer. */
export type Watched = {
  readonly kind: 'batch' | 'batches'
  /** Of the batch or of the producer. */
  readonly id: string
  /** The version of the bytes of a batch, once they were read. */
  version?: number
  /** The last looks at them, the newest one last; none where there is no room for them. */
  kept: Planes[]
  /** The views of batches as JSON, by their ids. */
  views: ReadonlyMap<string, string>
  /** There is no such batch any more. */
  gone: boolean
  /** When (epoch ms) it was looked at last. */
  lookedAt: number | undefined
  /** Counts what has changed. */
  changes: number
  readonly readers: Set<() => void>
}

/** All that is watched, by kind and id. */
type Tools = { ledger: WatchLedger; now: () => number; watched: ReadonlyMap<string, Watched> }

/** Looks at batches for all who watch them, however many these are. Nothing is read while nobody does. */
export function watchBatches(ledger: WatchLedger, warn: SparingLog, now: () => number = Date.now) {
  const watched = new Map<string, Watched & { count: number }>()
  const stopping = new AbortController()
  let looking = false
  let viewsAt = -Infinity

  async function look(): Promise<void> {
    looking = true
    while (watched.size > 0 && !stopping.signal.aborted) {
      const began = performance.now()
      const isTime = began - viewsAt >= viewsEveryMs
      try {
        await lookAtAll({ ledger, now, watched }, isTime)
        if (isTime) viewsAt = began
      } catch (error) {
        warn({ error }, 'batches could not be watched')
      }
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    looking = false
  }

  return {
    /** Begins to watch a batch, or what a producer has; `leave` ends it, once. */
    enter: (kind: Watched['kind'], id: string): { watched: Watched; leave: () => void } => {
      const name = `${kind} ${id}`
      const held = watched.get(name) ?? { ...nothing(kind, id), count: 0 }
      held.count += 1
      watched.set(name, held)
      if (!looking) void look()
      const leave = (): void => {
        held.count -= 1
        if (held.count === 0 && watched.get(name) === held) watched.delete(name)
      }
      return { watched: held, leave }
    },
    stop: (): void => stopping.abort(),
  }
}
export type BatchWatch = ReturnType<typeof watchBatches>

/** `isTime`: the views are looked at too, whatever the bytes are. */
async function lookAtAll(tools: Tools, isTime: boolean): Promise<void> {
  const { ledger, now, watched } = tools
  const all = [...watched.values()]
  const batches = all.filter(({ kind }) => kind === 'batch')
  const stands = await ledger.planesNow(batches.map(({ id }) => id))
  const changed = batches.filter(({ version }, i) => version === undefined || stands[i]?.version !== version)
  const asked = isTime ? batches : changed
  const records = asked.length === 0 ? [] : await ledger.readBatches(asked.map(({ id }) => id))
  for (const [i, each] of asked.entries()) {
    const record = records[i]
    if (record?.kind === 'batch') await note(tools, each, record.batch, changed.includes(each))
    else if (record?.kind === 'none') end(each)
  }
  for (const each of all) {
    if (each.kind === 'batches' && (isTime || each.lookedAt === undefined)) await lookAtList(tools, each)
    each.lookedAt = now()
  }
}

async function note(tools: Tools, each: Watched, batch: Batch, isChanged: boolean): Promise<void> {
  const isNew = setViews(each, new Map([[batch.id, JSON.stringify(viewOfBatch(batch))]]))
  if (isChanged) await keep(tools, each, batch)
  if (isChanged || isNew) tell(each)
}

async function keep({ ledger, watched }: Tools, each: Watched, batch: Batch): Promise<void> {
  const planes = await ledger.readPlanes(batch)
  each.version = planes.version
  each.kept = [...each.kept, planes].slice(-keptLooks)
  if (bytesOf(watched.values()) <= mostBytes) return
  for (const other of watched.values()) other.kept = other.kept.slice(-1)
  if (bytesOf(watched.values()) > mostBytes) each.kept = []
}

async function lookAtList({ ledger }: Tools, each: Watched): Promise<void> {
  const made = await ledger.listMade('batches', each.id, { at: Number.MAX_SAFE_INTEGER }, mostListed)
  const records = made.length === 0 ? [] : await ledger.readBatches(made.map(({ id }) => id))
  const views = records.flatMap((record) =>
    record.kind === 'batch' ? [[record.batch.id, JSON.stringify(viewOfBatch(record.batch))] as const] : [],
  )
  if (setViews(each, new Map(views))) tell(each)
}

const nothing = (kind: Watched['kind'], id: string): Watched => ({
  kind,
  id,
  kept: [],
  views: new Map(),
  gone: false,
  lookedAt: undefined,
  changes: 0,
  readers: new Set(),
})

function bytesOf(all: Iterable<Watched>): number {
  let bytes = 0
  for (const { kept } of all) for (const { rows } of kept) bytes += planeNames.length * rows
  return bytes
}

/** Whether one of them is another than before. */
function setViews(each: Watched, views: ReadonlyMap<string, string>): boolean {
  const isSame =
    views.size === each.views.size && [...views].every(([id, view]) => each.views.get(id) === view)
  each.views = views
  return !isSame
}

function end(each: Watched): void {
  each.gone = true
  tell(each)
}

function tell(each: Watched): void {
  each.changes += 1
  for (const wake of each.readers) wake()
}

/** How often something has changed in all of these. */
export const changesOf = (all: readonly Watched[]): number =>
  all.reduce((sum, { changes }) => sum + changes, 0)

/** Resolves once there are more changes than `seen`, after `ms`, or on abort. Gives whether it was a change. */
export function nextChange(
  all: readonly Watched[],
  seen: number,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', over)
      for (const { readers } of all) readers.delete(over)
      resolve(changesOf(all) > seen)
    }
    const timer = setTimeout(over, ms)
    if (signal.aborted || changesOf(all) > seen) return over()
    signal.addEventListener('abort', over)
    for (const { readers } of all) readers.add(over)
  })
}
