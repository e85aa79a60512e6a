import { count, counted } from '../app/format.ts'
import { stateAt, verdictAt, type Planes } from './filter.ts'

/** How the rows of a list were decided; `waiting`: rows that have no picture yet. */
export type Reviewed = { approved: number; rejected: number; redo: number; waiting: number }

const ended = new Set(['failed', 'canceled'])

/** How the rows were decided; undefined while one of them waits for a verdict, or where there was nothing to decide. */
export function reviewedOf(rows: Uint32Array, planes: Planes): Reviewed | undefined {
  const reviewed: Reviewed = { approved: 0, rejected: 0, redo: 0, waiting: 0 }
  for (const row of rows) {
    const state = stateAt(planes, row)
    if (state === 'succeeded') {
      const verdict = verdictAt(planes, row)
      if (verdict === 'none') return undefined
      reviewed[verdict] += 1
    } else if (!ended.has(state)) reviewed.waiting += 1
  }
  return reviewed.approved + reviewed.rejected + reviewed.redo === 0 ? undefined : reviewed
}

/** The same in words. */
export function reviewedWords({ approved, rejected, redo, waiting }: Reviewed): string {
  const all = counted(approved + rejected + redo, 'row')
  const more = waiting === 0 ? '' : ` ${counted(waiting, 'row')} without a picture yet.`
  return `All ${all} are reviewed: ${count(approved)} approved, ${count(rejected)} rejected, ${count(redo)} to redo.${more}`
}
