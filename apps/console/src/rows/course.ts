import type { Operation } from '@restyle/client/types'
import { counted } from '../app/format.ts'
import type { Many } from './many-of.ts'
import { countRows, rangesIn } from './selection.ts'

/**
 * Operations that are one wish, one after another: what each has come to, and how many rows those have that are still to come.
 * `unsent`: some of it the producer does not know yet; `waiting`: so many wishes come after it.
 */
export type Course = {
  isUndo: boolean
  operations: readonly Operation[]
  ahead: number
  unsent: boolean
  waiting?: number
}

export const isOver = ({ state }: Operation): boolean => state !== 'running' && state !== 'undoing'

/** How many verdicts there are by now, and how many there will be. */
export function progressOf({ isUndo, operations, ahead }: Course): { done: number; of: number } {
  const sum = (what: (operation: Operation) => number) =>
    operations.reduce((all, operation) => all + what(operation), 0)
  return isUndo
    ? { done: sum(({ restored = 0 }) => restored), of: sum(({ done }) => done) }
    : { done: sum(({ done }) => done), of: sum(({ matched }) => matched) + ahead }
}

/** How many rows orders name; a filter names none. */
export const rowsNamed = (parts: readonly Many[]): number =>
  parts.reduce((sum, { rows }) => sum + (rows === undefined ? 0 : countRows(rangesIn(rows))), 0)

/** What they came to. */
export function endWords({ isUndo, operations, ahead }: Course): string {
  const [count, kept] = operations.reduce(
    ([done, stayed], { restored = 0, changedSince = 0, ...operation }) =>
      isUndo ? [done + restored, stayed + changedSince] : [done + operation.done, stayed + operation.left],
    [0, 0],
  )
  if (!isUndo && count + kept + ahead === 0 && operations.every(isOver))
    return 'No verdict stored: the rows have it already, have no picture, or match the filter no more.'
  return `${[
    `${counted(count, 'verdict')} ${isUndo ? 'taken back' : 'stored'}`,
    ...(kept === 0 ? [] : [`${counted(kept, 'row')} had changed and stayed`]),
    ...(ahead === 0 ? [] : [`${counted(ahead, 'row')} not judged`]),
    ...(operations.every(isOver) ? [] : ['the producer goes on with the rest']),
  ].join('; ')}.`
}
