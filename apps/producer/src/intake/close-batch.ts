import type { Batch } from '@restyle/shared/contract/batch'
import { RestyleError } from '@restyle/shared/errors'
import { writeClosed } from '@restyle/shared/rows/write-rows'
import type { IntakeTools } from './tools.ts'

/** What became of the end of a batch's rows. */
export type Closed =
  | { kind: 'closed'; batch: Batch }
  | { kind: 'unknown' }
  /** It has another number of rows. */
  | { kind: 'mismatch'; accepted: number; isOpen: boolean }

/**
 * Ends the rows of a batch, if it has so many. The ledger decides, since it alone knows whether a row comes in at the same
 * time; then the bucket is told. A failure in between is mended by a repeat, which is the same.
 */
export async function closeBatch(
  tools: IntakeTools,
  { producer, batch: id, total }: { producer: string; batch: string; total: number },
): Promise<Closed> {
  const { ledger, store, batchKeys } = tools
  const before = await ledger.readBatch(id)
  if (before === undefined || before.producer !== producer) return { kind: 'unknown' }
  const { kind, accepted } = await ledger.closeBatch(id, total)
  if (kind === 'none') return { kind: 'unknown' }
  if (kind === 'mismatch') return { kind, accepted, isOpen: before.total === undefined }
  await writeClosed(store, id, total)
  batchKeys.forget(id)
  const batch = await ledger.readBatch(id)
  if (batch === undefined)
    throw new RestyleError('BrokenBatch', 'a batch that was closed is gone', { batch: id })
  return { kind: 'closed', batch }
}
