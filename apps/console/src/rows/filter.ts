import type { BatchMap } from '@restyle/client/types'

/** The planes of a batch: one byte of each row, in the order of its rows. Codes are counted from 1; 0 is none, as in `redo`. */
export type Planes = Omit<BatchMap, 'version'>

/** How the API calls what a byte of the state says. A row that rests is queued. */
const stateBytes = {
  '.': 'queued',
  '~': 'queued',
  q: 'queued',
  s: 'submitting',
  u: 'uncertain',
  v: 'review',
  r: 'running',
  d: 'rendered',
  '+': 'succeeded',
  '-': 'failed',
  x: 'canceled',
} as const
export type StateName = (typeof stateBytes)[keyof typeof stateBytes]

const verdictBytes = { '.': 'none', a: 'approved', r: 'rejected', d: 'redo' } as const
export type VerdictName = (typeof verdictBytes)[keyof typeof verdictBytes]

/** How far the redo of a row is that has changed last: `there` has pictures. */
export type RedoName = 'open' | 'there' | 'failed'
export const redoNames: readonly RedoName[] = ['open', 'there', 'failed']
const redoOfState = (state: StateName | undefined): RedoName | undefined => {
  if (state === undefined || state === 'succeeded') return state && 'there'
  return state === 'failed' || state === 'canceled' ? 'failed' : 'open'
}

export const stateNames: readonly StateName[] = [...new Set(Object.values(stateBytes))]
export const verdictNames: readonly VerdictName[] = Object.values(verdictBytes)

const byteNames = <Name extends string>(bytes: Record<string, Name>): (Name | undefined)[] => {
  const names: (Name | undefined)[] = Array.from({ length: 256 })
  for (const [byte, name] of Object.entries(bytes)) names[byte.charCodeAt(0)] = name
  return names
}
const stateOfByte = byteNames<StateName>(stateBytes)
const verdictOfByte = byteNames<VerdictName>(verdictBytes)
const redoOfByte = stateOfByte.map(redoOfState)

/** A byte that this page does not know is of a newer producer: it is shown as queued, or as not reviewed. */
export const stateAt = ({ state }: Planes, row: number): StateName =>
  stateOfByte[state[row - 1] ?? 0] ?? 'queued'
export const verdictAt = ({ verdict }: Planes, row: number): VerdictName =>
  verdictOfByte[verdict[row - 1] ?? 0] ?? 'none'
/** Absent where the row has no redo. */
export const redoAt = ({ redo }: Planes, row: number): RedoName | undefined => redoOfByte[redo[row - 1] ?? 0]
/** Absent where the row has no code, or its code is not among them. */
export const codeAt = ({ code }: Planes, row: number, codes: readonly string[]): string | undefined =>
  codes[(code[row - 1] ?? 0) - 1]

export const verdictByte = (name: VerdictName): number =>
  (Object.entries(verdictBytes).find(([, each]) => each === name)?.[0] ?? '.').charCodeAt(0)

/** What is shown of a batch; nothing named is everything. `text`: a line of keys and prompts, which the producer looks for. */
export type Filter = {
  states: readonly StateName[]
  verdicts: readonly VerdictName[]
  codes: readonly string[]
  redos: readonly RedoName[]
  text: string
}
export const everything: Filter = { states: [], verdicts: [], codes: [], redos: [], text: '' }

export const isEverything = ({ states, verdicts, codes, redos, text }: Filter): boolean =>
  states.length + verdicts.length + codes.length + redos.length + text.length === 0

/** Which of 256 bytes are asked for; all where nothing is named. */
const wanted = (names: readonly (string | undefined)[], asked: readonly string[], unknown = ''): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) =>
    asked.length === 0 || asked.includes(names[byte] ?? unknown) ? 1 : 0,
  )

/** Rows that are looked at: from `from` on before `to`, counted from 0; with `within` only those that have a 1 there. */
export type Among = { from?: number; to?: number; within?: Uint8Array | undefined }

/** The rows that a filter shows, counted from 1, in the order of the batch. Of its text nothing is known here: see `within`. */
export function filterRows(
  planes: Planes,
  filter: Filter,
  codes: readonly string[],
  { from = 0, to = planes.rows, within }: Among = {},
): Uint32Array {
  const { state, verdict, code, redo } = planes
  const [states, verdicts, ofCode, ofRedo] = [
    wanted(stateOfByte, filter.states, 'queued'),
    wanted(verdictOfByte, filter.verdicts, 'none'),
    wanted(['', ...codes], filter.codes),
    wanted(redoOfByte, filter.redos),
  ]
  const found = new Uint32Array(Math.max(0, to - from))
  let count = 0
  for (let at = from; at < to; at += 1) {
    found[count] = at + 1
    count +=
      (states[state[at] ?? 0] ?? 0) &
      (verdicts[verdict[at] ?? 0] ?? 0) &
      (ofCode[code[at] ?? 0] ?? 0) &
      (ofRedo[redo[at] ?? 0] ?? 0) &
      (within === undefined ? 1 : (within[at] ?? 0))
  }
  // a copy, or a filter that finds one row would keep all bytes
  return count === found.length ? found : found.slice(0, count)
}

/** Where a row is in rows that grow; where it is not, the place of the next one. */
export function placeOf(rows: Uint32Array, row: number): { found: boolean; at: number } {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle] ?? 0) < row) low = middle + 1
    else high = middle
  }
  return { found: rows[low] === row, at: low }
}

/** How many of `now` are not among `shown`. Both grow. */
export function countNew(shown: Uint32Array, now: Uint32Array): number {
  let [at, count] = [0, 0]
  for (const row of now) {
    while (at < shown.length && (shown[at] ?? 0) < row) at += 1
    if (shown[at] !== row) count += 1
  }
  return count
}

/** The rows that are in both. Both grow. */
export function inBoth(shown: Uint32Array, now: Uint32Array): Uint32Array {
  let at = 0
  return now.filter((row) => {
    while (at < shown.length && (shown[at] ?? 0) < row) at += 1
    return shown[at] === row
  })
}

/** How many rows have each verdict, among those whose pictures can be reviewed; `newTakes`: to redo, and another take is there. */
export function countVerdicts(planes: Planes): Record<VerdictName | 'newTakes', number> {
  const { rows, state, verdict, redo } = planes
  const succeeded = '+'.charCodeAt(0)
  const toRedo = verdictByte('redo')
  // a million of them after each verdict: counted by bytes, and named afterwards
  const ofByte = new Uint32Array(256)
  let newTakes = 0
  for (let at = 0; at < rows; at += 1)
    if (state[at] === succeeded) {
      const byte = verdict[at] ?? 0
      ofByte[byte] = (ofByte[byte] ?? 0) + 1
      if (byte === toRedo && redo[at] === succeeded) newTakes += 1
    }
  const counts = { none: 0, approved: 0, rejected: 0, redo: 0, newTakes }
  for (const [byte, count] of ofByte.entries()) counts[verdictOfByte[byte] ?? 'none'] += count
  return counts
}
