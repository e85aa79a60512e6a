import type { Batch } from '@restyle/shared/contract/batch'
import { EditState, isTerminal } from '@restyle/shared/contract/edit-state'
import type { BatchSteered } from '@restyle/shared/ledger/control'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { writeCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { newestRetry } from '@restyle/shared/rows/retries'
import { settleBatch, type SettleTools } from '@restyle/shared/settle-batch'
import type { Store } from '@restyle/shared/store/store'

export type BatchTools = SettleTools & {
  ledger: Pick<Ledger, 'cancelBatch' | 'pauseBatch' | 'readBatch' | 'takesWrites'>
  store: Store
}

/** `canceled`: all of its rows have ended. `canceling`: some were admitted before and go on. `ended`: it was complete. */
export type CanceledBatch = { outcome: 'canceled' | 'canceling' | 'ended'; detail: string; batch: Batch }

/** For so long the answer waits for the edits in Redis; a worker goes on with those that are left. */
const settleMs = 500

/**
 * Cancels a batch, however many rows it has. The bucket hears of it first, so that a ledger that loses data submits none of
 * it. Rows that rest end in one go, queued edits after them, and what was admitted goes on.
 */
export async function cancelBatch(batch: Batch, tools: BatchTools): Promise<CanceledBatch> {
  const { ledger, store, log } = tools
  const ended = (now: Batch): CanceledBatch => ({
    outcome: 'ended',
    detail: 'All of its rows had ended before. Nothing was changed.',
    batch: now,
  })
  if (batch.completedAt !== undefined && batch.canceledAt === undefined) return ended(batch)
  if (batch.completedAt === undefined) {
    // not of an order that the ledger will not take
    await ledger.takesWrites()
    const round = await newestRetry(store, batch.id)
    await writeCancelOrder(store, 'batch', batch.id, Date.now(), round)
    const steered = await ledger.cancelBatch(batch.id)
    if (steered.kind === 'done') log.info({ batch: batch.id }, 'batch canceled by its producer')
    if (steered.kind === 'done' || steered.kind === 'same') {
      // a retry that was ordered meanwhile is canceled with it
      const later = await newestRetry(store, batch.id)
      if (later > round) await writeCancelOrder(store, 'batch', batch.id, Date.now(), later)
    }
    await settle(batch.id, steered, tools)
    // its last row ended while the bucket was told
    if (steered.kind === 'completed') return ended((await ledger.readBatch(batch.id)) ?? batch)
  }
  return outcomeOf((await ledger.readBatch(batch.id)) ?? batch)
}

/** Pauses or resumes a batch; `done` and `same` are the same to whoever asked. */
export async function pauseBatch(
  batch: Batch,
  pause: boolean,
  tools: BatchTools,
): Promise<BatchSteered['kind']> {
  const steered = await tools.ledger.pauseBatch(batch.id, pause)
  if (steered.kind === 'done') tools.log.info({ batch: batch.id }, pause ? 'batch paused' : 'batch resumed')
  await settle(batch.id, steered, tools)
  return steered.kind
}

async function settle(batch: string, steered: BatchSteered, tools: BatchTools): Promise<void> {
  if (steered.kind === 'done') await settleBatch(batch, steered.mark, tools, AbortSignal.timeout(settleMs))
}

function outcomeOf(batch: Batch): CanceledBatch {
  const open = EditState.options.filter((state) => !isTerminal(state) && state !== 'queued')
  const admitted = open.reduce((sum, state) => sum + batch[state], 0)
  const left = batch.queued + batch.resting
  if (admitted + left === 0)
    return { outcome: 'canceled', detail: 'All of its rows have ended, and nothing is submitted.', batch }
  const goesOn = `${admitted} of its edits had been admitted before. None of them is submitted again: a task that has not begun is canceled, one that runs goes on, and its images are paid for and stored.`
  const follow = left === 0 ? '' : ` ${left} that wait end within seconds.`
  return { outcome: 'canceling', detail: goesOn + follow, batch }
}
