/**
 * Points in the hands' work at which a process may be killed without harm. In production nothing happens there. The failure
 * tests pass a function that kills the process, pauses it or throws.
 */
export const failpoints = [
  /** A wake-up was taken, nothing was done. */
  'taken',
  /** The ledger holds the intent, the bucket does not. */
  'admitted',
  /** The receipt is written, the POST is next. */
  'receipt-written',
  /** The vendor has answered the POST, nobody else knows. */
  'answered',
  /** The ledger and the receipt know the answer. */
  'recorded',
  /** The vendor has answered a query, nobody else knows. */
  'asked',
  /** The image is in memory. */
  'downloaded',
  /** The image is in the bucket, the ledger does not know. */
  'stored',
  /** The ledger holds the step, the next wake-up is missing. */
  'stepped',
  /** Resting rows are in memory, none of them is an edit yet. */
  'rows-read',
  /** Resting rows became edits. */
  'rows-fed',
  /** What became of rows is in the bucket, their edits are in the ledger. */
  'results-written',
  /** Some of those edits, or all, are only in the bucket. */
  'results-folded',
] as const
export type Failpoint = (typeof failpoints)[number]

/** Called at each point with the edit that it concerns, or the batch. */
export type OnFailpoint = (point: Failpoint, id: string) => Promise<void>

export const noFailpoints: OnFailpoint = async () => {}
