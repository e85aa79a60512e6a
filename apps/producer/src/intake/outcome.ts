import type { Fault } from '@restyle/shared/contract/fault'

/** A fault in one row of an intake; rows count from 0. The path leads into that row. */
export type RowFault = Fault & { row: number }

/** Nothing was written: what was sent has faults. */
export type Refused = { kind: 'refused'; faults: readonly RowFault[] }

/** What an intake answers; `Taken` is the edit or the batch as it is now. */
export type Outcome<Taken> =
  | ({ kind: 'accepted' } & Taken)
  /** The same key came with the same body before. */
  | ({ kind: 'replayed' } & Taken)
  /** The same key came with another body before; that one stays. */
  | { kind: 'conflict' }
  | Refused
