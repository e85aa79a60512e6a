import type { StateName, VerdictName } from './filter.ts'

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

/** The mark in the corner of a cell: a shape of its own for each, since colour alone says nothing. `redo`: a redo is meant. */
export function markOf(state: StateName, verdict: VerdictName, redo = false): string {
  if (verdict !== 'none')
    return { approved: redo ? '✓↻' : '✓', rejected: redo ? '✗↻' : '✗', redo: '↻' }[verdict]
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
}): string {
  const { name, state, verdict, by, before, code, take, redo } = facts
  const shown = state === 'succeeded' ? (before ? 'before' : 'after') : stateWords[state]
  return [
    name,
    ...(take === undefined || take < 2 ? [] : [`take ${take}`]),
    shown,
    ...(code === undefined ? [] : [code]),
    ...(verdict === 'none'
      ? []
      : [`${verdictWords[verdict]}${by === undefined || by === '' ? '' : ` by ${by}`}`]),
    ...(redo ? [verdict === 'redo' ? 'redo ordered' : 'a redo'] : []),
  ].join(', ')
}
