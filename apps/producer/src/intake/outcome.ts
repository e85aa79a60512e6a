import type { Fault } from '@restyle/shared/contract/fault'
import { limits } from '@restyle/shared/contract/limits'

/** A fault in one row of an intake; rows count from 0. The path leads into that row. */
export type RowFault = Fault & { row: number }

/** The first faults in the order of the rows, and how many there are: a batch may have a fault for each of its bytes. */
export type FaultList = { first: RowFault[]; total: number }

/** Nothing was written: what was sent has faults. */
export type Refused = { kind: 'refused'; faults: FaultList }

/** What an intake answers; `Taken` is the edit or the batch as it is now. */
export type Outcome<Taken> =
  /** `warnings`: what may become of it because of how it was asked for. */
  | ({ kind: 'accepted'; warnings: RowFault[] } & Taken)
  /** The same key came with the same body before. */
  | ({ kind: 'replayed' } & Taken)
  /** The same key came with another body before; that one, `id`, stays. */
  | { kind: 'conflict'; id: string }
  /** So many pictures were looked up, and there are more; nothing was written. The next try goes on from there. */
  | { kind: 'unfinished'; lookedUp: number }
  | Refused

export const noFaults = (): FaultList => ({ first: [], total: 0 })

/** Adds the faults of a row, which comes after all rows that were added before. */
export function addFaults(list: FaultList, row: number, faults: readonly Fault[]): void {
  list.total += faults.length
  const room = limits.faults - list.first.length
  if (room > 0) list.first.push(...faults.slice(0, room).map((fault) => ({ row, ...fault })))
}

/** Both, in the order of the rows. */
export const mergeFaults = (...lists: FaultList[]): FaultList => ({
  first: lists
    .flatMap(({ first }) => first)
    .toSorted((a, b) => a.row - b.row)
    .slice(0, limits.faults),
  total: lists.reduce((sum, { total }) => sum + total, 0),
})
