import { isTerminal } from '@restyle/shared/contract/edit-state'
import { canceledIn } from '@restyle/shared/receipt/cancel-order'
import { retriedIn } from '@restyle/shared/rows/retries'
import type { Pulse } from '../hand/pulse.ts'
import type { HandContext } from '../hand/step.ts'

const batchSize = 500

type Tools = Pick<HandContext, 'ledger' | 'store' | 'log'>

/**
 * Carries out once more what a person ordered in the hour of `at` (epoch ms) and the ledger does not know: cancels, and retries
 * of batches. A Redis that fails over forgets its last seconds. Changes nothing where the ledger knows.
 */
export async function orderAgain(at: number, tools: Tools, { signal, beat }: Pulse): Promise<void> {
  const { ledger, store, log } = tools
  for await (const batch of canceledIn(store, 'batch', at)) {
    if (signal.aborted) return
    const { kind } = await ledger.cancelBatch(batch)
    if (kind === 'done') log.warn({ batch }, 'forgotten cancel of a batch carried out again')
    beat()
  }
  for await (const { batch, number } of retriedIn(store, at)) {
    if (signal.aborted) return
    const { kind } = await ledger.retryBatch(batch, number)
    if (kind === 'done') log.warn({ batch, number }, 'forgotten retry of a batch carried out again')
    beat()
  }
  let ids: string[] = []
  for await (const id of canceledIn(store, 'edit', at)) {
    if (signal.aborted) return
    ids.push(id)
    if (ids.length < batchSize) continue
    await cancelThose(ids, tools)
    ids = []
    beat()
  }
  if (ids.length > 0 && !signal.aborted) await cancelThose(ids, tools)
}

async function cancelThose(ids: readonly string[], { ledger, log }: Tools): Promise<void> {
  for (const record of await ledger.readEach(ids)) {
    if (record.kind !== 'edit' || isTerminal(record.edit.state)) continue
    if (record.edit.cancelAsked !== undefined) continue
    const canceled = await ledger.cancelEdit(record.edit.id)
    log.warn({ editId: record.edit.id, canceled }, 'forgotten cancel carried out again')
  }
}
