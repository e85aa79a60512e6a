import type { Edit } from '@restyle/shared/contract/edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { readEdit } from '@restyle/shared/rows/read-edits'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { settleBatch } from '@restyle/shared/settle-batch'
import { cancelEdit } from '@restyle/producer/control/cancel-edit'
import { retryBatch } from '@restyle/producer/control/retry-batch'
import { cancelBatch, pauseBatch } from '@restyle/producer/control/steer-batch'
import type { Order, Target } from './actions.ts'
import { batchId, type Intake, producer } from './batch.ts'
import type { Holds } from './holds.ts'

/*
 * What a person orders, by the functions of the HTTP routes, and what he is promised with the answer.
 */

const log = createLog('silent')
const queues = { hurry: async () => {} }

/** The edit, or row, that a target is. */
export const idOf = (target: number, edits: number): string =>
  target < edits ? `edit-${target}` : editIdOfRow(batchId, target - edits)

/** Carries an order out. What it answers holds from then on. Throws what the store throws. */
export async function giveOrder(
  { order, what }: { order: Order; what: Target },
  outside: Intake,
  holds: Holds,
): Promise<void> {
  const { ledger, store } = outside
  const tools = { ledger, store, log, queues, rows: openRowReader(store) }
  const covers = (id: string): boolean =>
    what === 'producer' || (what === 'batch' ? id.startsWith(`${batchId}-`) : id === what)
  const [canceled, paused] = [`the cancel of ${what}`, `the pause of ${what}`]
  if (order === 'retry') {
    const batch = await ledger.readBatch(batchId)
    if (batch === undefined) return
    // it ended by itself, whatever was ordered before, and is wanted once more
    if (batch.completedAt !== undefined && batch.canceledAt === undefined) holds.lift('the cancel of batch')
    await retryBatch(batch, { key: undefined }, tools)
  } else if (what === 'producer') {
    if (order === 'resume') holds.lift(paused)
    await ledger.pauseProducer(producer, order === 'pause')
    if (order === 'pause') holds.place(paused, covers, false)
  } else if (what === 'batch') {
    const batch = await ledger.readBatch(batchId)
    if (batch === undefined) return
    if (order === 'cancel') {
      const { outcome } = await cancelBatch(batch, tools)
      if (outcome !== 'ended') holds.place(canceled, covers, true)
      return
    }
    if (order === 'resume') holds.lift(paused)
    const kind = await pauseBatch(batch, order === 'pause', tools)
    if (order === 'pause' && (kind === 'done' || kind === 'same')) holds.place(paused, covers, false)
  } else {
    const edit = await readEdit(what, tools)
    if (edit === undefined) return
    if (order === 'cancel') {
      const { outcome } = await cancelEdit(edit, tools)
      if (outcome !== 'ended') holds.place(canceled, covers, true)
      return
    }
    if (order === 'resume') holds.lift(paused)
    if (edit.version === 0 && !isTerminal(edit.state) && order === 'pause') await ledger.accept([rowOf(edit)])
    const state = await ledger.pauseEdit(what, order === 'pause')
    if (order === 'pause' && state === 'queued') holds.place(paused, covers, false)
  }
}

const rowOf = ({ id, batch, row, key, request, bodyHash }: Edit): NewEdit => ({
  id,
  producer,
  batch,
  row,
  key,
  request,
  bodyHash,
})

/** Ends every pause. */
export async function resumeAll(ledger: Ledger, ids: Iterable<string>): Promise<void> {
  await ledger.pauseProducer(producer, false)
  await ledger.pauseBatch(batchId, false)
  await settleAll(ledger)
  await Promise.all([...ids].map((id) => ledger.pauseEdit(id, false)))
}

/** What the workers' duty does: brings edits in line with what was ordered for their batch. */
export async function settleAll(ledger: Ledger): Promise<void> {
  for (const [batch, mark] of await ledger.unsettled())
    await settleBatch(batch, mark, { ledger, queues, log }, new AbortController().signal)
}
