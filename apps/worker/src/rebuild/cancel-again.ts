import { isTerminal } from '@restyle/shared/contract/edit-state'
import { canceledIn } from '@restyle/shared/receipt/cancel-order'
import type { Pulse } from '../hand/pulse.ts'
import type { HandContext } from '../hand/step.ts'

const batchSize = 500

/**
 * Cancels once more what was canceled in the hour of `at` (epoch ms) and goes on all the same: a Redis that fails over
 * forgets its last seconds. Changes nothing where the ledger knows.
 */
export async function cancelAgain(
  at: number,
  { ledger, store, log }: Pick<HandContext, 'ledger' | 'store' | 'log'>,
  { signal, beat }: Pulse,
): Promise<void> {
  let ids: string[] = []
  async function apply(): Promise<void> {
    const records = await ledger.readEach(ids)
    for (const record of records) {
      if (record.kind !== 'edit' || isTerminal(record.edit.state)) continue
      if (record.edit.cancelAsked !== undefined) continue
      const canceled = await ledger.cancelEdit(record.edit.id)
      log.warn({ editId: record.edit.id, canceled }, 'forgotten cancel carried out again')
    }
    ids = []
    beat()
  }
  for await (const id of canceledIn(store, at)) {
    if (signal.aborted) return
    ids.push(id)
    if (ids.length === batchSize) await apply()
  }
  if (ids.length > 0 && !signal.aborted) await apply()
}
