import type { RawRow } from './raw-row.ts'
import type { FaultList, RowFault } from './outcome.ts'
import type { IntakeTools } from './tools.ts'

/** Rows for an open batch; `first` counts from 0. */
export type RowsIntake = {
  producer: string
  batch: string
  first: number
  rows: readonly RawRow[]
  /** Takes the good rows where others have faults. */
  skipFaulty: boolean
}

/** A row that was left out; counted from 1, with pointers into the row. */
export type Rejected = { row: number; errors: { pointer?: string; detail: string }[] }

/** What became of rows. `next` counts from 0. */
export type Appended =
  | { kind: 'taken'; replayed: boolean; rows: number; rejected: Rejected[]; warnings: RowFault[] }
  | { kind: 'unknown' }
  | { kind: 'refused'; faults: FaultList }
  /** Other rows came under these numbers before. */
  | { kind: 'conflict'; next: number }
  | { kind: 'gap'; next: number }
  | { kind: 'over'; why: 'closed' | 'canceled' | 'enqueued in one request' }
  | { kind: 'too-many' }
  | { kind: 'unfinished'; lookedUp: number }

export async function appendRows(_tools: IntakeTools, _rows: RowsIntake): Promise<Appended> {
  return { kind: 'unknown' }
}
