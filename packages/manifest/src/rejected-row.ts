import type { RawRow } from './manifest.ts'

/** A row that is left out, as far as it could be read, and everything that is wrong with it. */
export type RejectedRow = { row: RawRow; faults: readonly { field?: string; detail: string }[] }

/** Takes rows that are left out. Without one, a faulty row is a reason to use none. */
export type Reject = (rejected: RejectedRow) => Promise<void>
