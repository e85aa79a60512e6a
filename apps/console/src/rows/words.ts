import type { RedoName, StateName, VerdictName } from './filter.ts'

/** How a state is said to a person. */
export const stateWords: Readonly<Record<StateName, string>> = {
  queued: 'waiting',
  submitting: 'being submitted',
  uncertain: 'submit uncertain',
  review: 'held for a decision',
  running: 'running',
  rendered: 'rendered, not stored yet',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
}

export const verdictWords: Readonly<Record<VerdictName, string>> = {
  none: 'not reviewed',
  approved: 'approved',
  rejected: 'rejected',
  redo: 'to redo',
}

/** How the redo of a row is said to a person that is to be redone. */
export const redoWords: Readonly<Record<RedoName, string>> = {
  open: 'another take is being made',
  there: 'another take is there',
  failed: 'the redo has failed',
}

const redoMarks: Readonly<Record<RedoName, string>> = { open: '↻…', there: '↻+', failed: '↻!' }

/**
 * The mark in the corner of a cell: a shape of its own for each, since colour alone says nothing. `redo`: a redo is meant; `made`: how
 * far the redo is that has changed last.
 */
export function markOf(
  state: StateName,
  verdict: VerdictName,
  { redo = false, made }: { redo?: boolean; made?: RedoName | undefined } = {},
): string {
  if (verdict === 'redo') return made === undefined ? '↻' : redoMarks[made]
  if (verdict !== 'none') return { approved: redo ? '✓↻' : '✓', rejected: redo ? '✗↻' : '✗' }[verdict]
  switch (state) {
    case 'succeeded':
      return ''
    case 'failed':
      return '!'
    case 'canceled':
      return '–'
    case 'uncertain':
    case 'review':
      return '?'
    case 'running':
    case 'rendered':
    case 'submitting':
      return '…'
    case 'queued':
      return '○'
  }
}

/** How a row stands, in a few words: its verdict where it has one. */
export function standsAs(state: StateName, verdict: VerdictName, made: RedoName | undefined): string {
  if (verdict === 'none') return stateWords[state]
  return verdict === 'redo' && made !== undefined ? `to redo, ${redoWords[made]}` : verdictWords[verdict]
}

/** Who gave a verdict: what the key is called, else the beginning of its id. Undefined where nobody knows. */
export function giverOf(
  told: { by?: string | undefined; byName?: string | undefined } | undefined,
): string | undefined {
  if (told?.byName !== undefined) return told.byName
  const { by = '' } = told ?? {}
  return by === '' ? undefined : `key ${by.length > 9 ? `${by.slice(0, 8)}…` : by}`
}

/** What a cell is called: `LAMP-0471, after, approved by Ana`. */
export function cellName(facts: {
  name: string
  state: StateName
  verdict: VerdictName
  by: string | undefined
  before: boolean
  code: string | undefined
  take: number | undefined
  redo: boolean
  made: RedoName | undefined
  /** What is wrong with its picture. */
  broken?: string | undefined
}): string {
  const { name, state, verdict, by, before, code, take, redo, made, broken } = facts
  const shown = state === 'succeeded' ? (before ? 'before' : 'after') : stateWords[state]
  return [
    name,
    ...(take === undefined || take < 2 ? [] : [`take ${take}`]),
    shown,
    ...(code === undefined ? [] : [code]),
    ...(broken === undefined ? [] : [broken]),
    ...(verdict === 'none' ? [] : [`${verdictWords[verdict]}${by === undefined ? '' : ` by ${by}`}`]),
    ...(verdict === 'redo' && made !== undefined ? [redoWords[made]] : []),
    ...(redo && (verdict !== 'redo' || made === undefined)
      ? [verdict === 'redo' ? 'redo ordered' : 'a redo']
      : []),
  ].join(', ')
}
