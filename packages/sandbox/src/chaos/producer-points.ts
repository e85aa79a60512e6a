/** Points in the producer's work at which its process may be killed without harm; each comes with the batch, or the edit. */
export const producerPoints = [
  /** A chunk of rows is in the bucket, the ledger does not know. */
  'rows-promised',
  /** The rows rest, whoever sent them does not know. */
  'rows-rest',
  /** The ledger has closed a batch, the bucket does not know. */
  'batch-closed',
  /** An order to cancel is in the bucket, the ledger does not know. */
  'cancel-promised',
  /** It is carried out, whoever gave it does not know. */
  'cancel-done',
  /** An order to retry is in the bucket, the ledger does not know. */
  'retry-promised',
  'retry-done',
] as const
export type ProducerPoint = (typeof producerPoints)[number]
