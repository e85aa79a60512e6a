type PlaneName = 'state' | 'verdict' | 'code' | 'redo'
type Planes = { version: number; rows: number } & Record<PlaneName, Uint8Array>
type Told = { content: string; headers?: Record<string, string> }
type Said = { verdict?: string | null; redo?: string; image?: number; note?: string }
/** A verdict as the producer tells it. */
type SaidBy = Omit<Said, 'verdict'> & { by: string; byName: string; at: string }
type Operation = { id: string; matched: number; done: number; restored: number; state: string }

/** A picture that is made once more: the `take`th of its row. */
export type StandInRedo = {
  id: string
  row: number
  take: number
  state: 'running' | 'succeeded' | 'failed'
  prompt: string
}

/** A batch in memory, as the stand-in tells of it. Rows count from 1. */
export type StandInBatch = {
  id: string
  planes: Planes
  scopes: readonly string[]
  keyOf: (row: number) => string
  promptOf: (row: number) => string
  /** Rows that somebody else has rejected since the page read them. */
  others: Set<number>
  redos: StandInRedo[]
  /** How many pictures each row is made from. */
  sources: number
  /** What is left to pay redos from. */
  freeMicros: number
  /** Rows of which one request looks for a text. */
  foundAtOnce: number
  /** Stores what is said of a row. */
  say: (row: number, said: Said) => void
  /** What is told of a row beside its verdict. */
  saidOf: (row: number) => SaidBy
  view: () => object
  decide: (row: number, body: unknown) => Told
  decideMany: (body: unknown) => Operation
  operation: (id: string, undo: boolean) => Operation | undefined
}

const codes = ['DataInspectionFailed', 'InvalidImageSize']
const verdictBytes: Readonly<Record<string, string>> = { approved: 'a', rejected: 'r', redo: 'd' }
const verdictNames: Readonly<Record<string, string>> = { a: 'approved', r: 'rejected', d: 'redo' }
const stateNames: Readonly<Record<string, string>> = {
  '+': 'succeeded',
  '-': 'failed',
  r: 'running',
  '.': 'queued',
  s: 'submitting',
  u: 'uncertain',
  v: 'review',
  d: 'rendered',
  x: 'canceled',
}
const byte = (text: string): number => text.charCodeAt(0)

/** Of fifty rows one has failed, one runs and one waits. */
const stateOf = (row: number): string => ({ 7: '-', 9: 'r', 11: '.' })[row % 50] ?? '+'

/** A batch of so many rows, of which nothing is reviewed. */
export function makeBatch(
  rows: number,
  more: Partial<
    Pick<StandInBatch, 'keyOf' | 'promptOf' | 'scopes' | 'sources' | 'freeMicros' | 'foundAtOnce'>
  > & {
    stateOf?: (row: number) => string
  } = {},
): StandInBatch {
  const state = Uint8Array.from({ length: rows }, (_, at) => byte((more.stateOf ?? stateOf)(at + 1)))
  const planes: Planes = {
    version: 1,
    rows,
    state,
    verdict: new Uint8Array(rows).fill(byte('.')),
    code: state.map((each, at) => (each === byte('-') ? 1 + (at % codes.length) : 0)),
    redo: new Uint8Array(rows),
  }
  const others = new Set<number>()
  return {
    id: 'batch_1',
    planes,
    others,
    redos: [],
    sources: more.sources ?? 1,
    freeMicros: more.freeMicros ?? 4_800_000,
    foundAtOnce: more.foundAtOnce ?? 100_000,
    scopes: more.scopes ?? ['edits:read', 'edits:write'],
    keyOf: more.keyOf ?? ((row) => `LAMP-${String(row).padStart(4, '0')}`),
    promptOf: more.promptOf ?? (() => 'oak table, warm light'),
    view: () => ({
      id: 'batch_1',
      name: 'spring-catalog',
      total: rows,
      counts: countsOf(planes.state),
      codes,
      images: 0,
      priority: 5,
      createdAt: '2026-11-26T12:00:00.000Z',
      cost: { currency: 'CNY', micros: 0, reservedMicros: 0 },
    }),
    ...verdictsOf(planes, others),
    ...operationsOf(planes),
  }
}

/** How many rows are in each state, by the names of the API. */
function countsOf(state: Uint8Array): Record<string, number> {
  const ofByte = new Uint32Array(256)
  for (const each of state) ofByte[each] = (ofByte[each] ?? 0) + 1
  return Object.fromEntries(Object.entries(stateNames).map(([at, name]) => [name, ofByte[byte(at)] ?? 0]))
}

const verdictOf = (body: unknown): number => {
  const name = (body as { verdict?: string | null } | undefined)?.verdict ?? ''
  return byte(verdictBytes[name] ?? '.')
}

/** What the stand-in makes of single verdicts. */
function verdictsOf(
  planes: Planes,
  others: ReadonlySet<number>,
): Pick<StandInBatch, 'say' | 'saidOf' | 'decide'> {
  const said = new Map<number, SaidBy>()
  const saidOf = (row: number): SaidBy => said.get(row) ?? ana
  const say = (row: number, { verdict, ...more }: Said): void => {
    planes.verdict[row - 1] = verdictOf({ verdict })
    said.set(row, { ...more, ...ana })
  }
  return {
    say,
    saidOf,
    decide: (row, body) => {
      if (body !== undefined) say(row, body as Said)
      const verdict = verdictNames[charAt(planes.verdict, row)]
      const has = verdict === undefined ? { verdict: null } : { verdict, ...saidOf(row) }
      return body === undefined && others.has(row)
        ? { content: JSON.stringify({ verdict: 'rejected', ...ben }), headers: { etag: '"ben"' } }
        : { content: JSON.stringify(has), headers: { etag: `"${JSON.stringify(has).length}"` } }
    },
  }
}

const at = '2026-11-26T12:30:00.000Z'
const ana = { by: '5f2c9a7d1e3b4c60', byName: 'Ana', at }
const ben = { by: '6a3d0b8e2f4c5d71', byName: 'Ben', at }

/** What it makes of verdicts of many rows. */
function operationsOf(planes: Planes): Pick<StandInBatch, 'decideMany' | 'operation'> {
  const operations = new Map<string, Operation & { before: Map<number, number> }>()
  return {
    decideMany: (body) => {
      const { where, rows, except } = body as { where?: { state?: string }; rows?: string; except?: string }
      const [named, leftOut] = [inRanges(rows), inRanges(except)]
      const before = new Map<number, number>()
      for (let row = 1; row <= planes.rows; row += 1)
        if (
          (rows === undefined || named(row)) &&
          !leftOut(row) &&
          (where?.state ?? 'succeeded') === stateNames[charAt(planes.state, row)]
        )
          before.set(row, planes.verdict[row - 1] ?? 0)
      const made = {
        id: `op${operations.size + 1}`,
        matched: before.size,
        done: 0,
        restored: 0,
        state: 'running',
        before,
      }
      for (const row of before.keys()) planes.verdict[row - 1] = verdictOf(body)
      operations.set(made.id, made)
      return shown(made)
    },
    operation: (id, undo) => {
      const found = operations.get(id)
      if (found === undefined) return undefined
      if (undo) {
        for (const [row, verdict] of found.before) planes.verdict[row - 1] = verdict
        found.state = 'undoing'
      }
      const answer = shown(found)
      const step = Math.ceil(found.matched / 3)
      if (found.state === 'running') {
        found.done = Math.min(found.matched, found.done + step)
        if (found.done === found.matched) found.state = 'done'
      } else if (found.state === 'undoing') {
        found.restored = Math.min(found.done, found.restored + step)
        if (found.restored === found.done) found.state = 'undone'
      }
      return answer
    },
  }
}

const shown = ({ id, matched, done, restored, state }: Operation): Operation & { left: number } => ({
  id,
  matched,
  done,
  left: 0,
  restored,
  state,
})
/** Whether a row is in `1-3,9`. */
function inRanges(text = ''): (row: number) => boolean {
  const ranges = text.split(',').map((each) => each.split('-').map(Number))
  return (row) => ranges.some(([from = NaN, to = from]) => row >= from && row <= to)
}

const charAt = (plane: Uint8Array, row: number): string => String.fromCharCode(plane[row - 1] ?? 0)

/** A row as `edits?rows=` tells it. */
export function viewOfRow(batch: StandInBatch, row: number) {
  const state = stateNames[charAt(batch.planes.state, row)] ?? 'queued'
  const verdict = verdictNames[charAt(batch.planes.verdict, row)]
  return {
    id: `edit-${row}`,
    batch: batch.id,
    row: row - 1,
    key: batch.keyOf(row),
    state,
    model: 'wan2.5-i2i-preview',
    prompt: batch.promptOf(row),
    request: {
      n: 1,
      seed: row,
      images: Array.from({ length: batch.sources }, (_, at) => `https://pictures.example/${row}-${at}.jpg`),
    },
    images: state === 'succeeded' ? [{ index: 0, width: 1280, height: 1280, bytes: 412_000, thumbhash }] : [],
    cost: { currency: 'CNY', micros: 200_000 },
    ...(state === 'failed' ? { failure: { code: codes[0], message: 'the picture was refused' } } : {}),
    ...(verdict === undefined ? {} : { verdict: { verdict, ...batch.saidOf(row) } }),
  }
}
const thumbhash = '1QcSHQRnh493V4dIh4eXh1h4kJUI'

/** `4700-4899`, `3,9,40-60`. */
export const rowsOfText = (text: string): number[] =>
  text.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
