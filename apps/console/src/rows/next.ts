import { stateAt, verdictAt, type Planes } from './filter.ts'

/** Whether a person can decide on it: it has pictures, and nobody has decided. */
export const isUndecided = (planes: Planes, row: number): boolean =>
  stateAt(planes, row) === 'succeeded' && verdictAt(planes, row) === 'none'

/**
 * The place of the next row of a list that waits for a verdict: after `at`, else from the start. Absent where all are decided.
 * It is asked before the list changes, so that a list which loses the decided row does not skip one.
 */
export function nextUndecided(rows: Uint32Array, planes: Planes, at: number): number | undefined {
  for (let step = 1; step < rows.length; step += 1) {
    const place = (at + step) % rows.length
    const row = rows[place]
    if (row !== undefined && isUndecided(planes, row)) return place
  }
  return undefined
}
