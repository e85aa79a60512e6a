import { allEnded, isTerminal, mapByte, restingByte } from '@restyle/shared/contract/edit-state'
import { rowOfEditId } from '@restyle/shared/ledger/batches'
import type { EditRecord } from '@restyle/shared/ledger/record'
import { newestBudget } from '@restyle/shared/receipt/budget-order'
import { type Order, ordersIn } from '@restyle/shared/receipt/cancel-order'
import { newestSettings, settingsVersions } from '@restyle/shared/receipt/producer-settings'
import { newestRetry, readRetry } from '@restyle/shared/rows/retries'
import type { Pulse } from '../hand/pulse.ts'
import type { HandContext } from '../hand/step.ts'

const batchSize = 500

type Tools = Pick<HandContext, 'ledger' | 'store' | 'log'>

/**
 * Carries out once more what a person ordered in the hour of `at` (epoch ms) and the ledger does not know: cancels, retries and
 * budgets of batches. A Redis that fails over forgets its last seconds. Changes nothing where the ledger knows.
 */
export async function orderAgain(at: number, tools: Tools, { signal, beat }: Pulse): Promise<void> {
  let edits: string[] = []
  for await (const order of ordersIn(tools.store, at)) {
    if (signal.aborted) return
    if (order.what === 'edit') edits.push(order.id)
    else await orderBatch(order, tools)
    if (order.what === 'edit' && edits.length < batchSize) continue
    await cancelThose(edits, tools)
    edits = []
    beat()
  }
  if (!signal.aborted) await cancelThose(edits, tools)
}

async function orderBatch({ what, id: batch, number }: Order, tools: Tools): Promise<void> {
  const { ledger, store, log } = tools
  if (what === 'budget') {
    if (await budgetAgain(batch, tools))
      log.warn({ batch, order: what }, 'forgotten order for a batch carried out again')
    return
  }
  if (what === 'retry' && !(await isRipe(batch, number, tools))) return
  // one that came after the end of its batch canceled nothing, and the rows that were retried since are not meant
  if (what === 'batch' && number < (await newestRetry(store, batch))) return
  const { kind } = what === 'batch' ? await ledger.cancelBatch(batch) : await ledger.retryBatch(batch, number)
  if (kind === 'done') log.warn({ batch, order: what }, 'forgotten order for a batch carried out again')
}

/** Sets what an admin had set for producers, where the ledger went back to what was set before. */
export async function settingsAgain({ ledger, store, log }: Tools): Promise<void> {
  for (const [producer, version] of await settingsVersions(store)) {
    const known = await ledger.readProducer(producer)
    if (known === undefined || known.version >= version) continue
    const newest = await newestSettings(store, producer)
    if (newest === undefined || newest.version <= known.version) continue
    await ledger.setProducer(producer, newest)
    log.warn({ producer, version: newest.version }, 'forgotten settings of a producer set again')
  }
}

/** Sets the newest budget of a batch where the ledger knows of an older one; whether it did. */
export async function budgetAgain(
  batch: string,
  { ledger, store }: Pick<Tools, 'ledger' | 'store'>,
): Promise<boolean> {
  const known = await ledger.readBatch(batch)
  if (known === undefined) return false
  const newest = await newestBudget(store, batch)
  if (newest === undefined || newest.number <= known.budgets) return false
  const { kind } = await ledger.setBudget(batch, newest.budget, newest.number)
  return kind === 'set' || kind === 'done'
}

/**
 * Whether all rows that a retry named have ended, and it is the next. A ledger that went back to before they failed has them
 * fail once more, and the next audit looks again: carried out now, the order would miss them, and what it had led to.
 */
async function isRipe(batch: string, number: number, { ledger, store }: Tools): Promise<boolean> {
  const known = await ledger.readBatch(batch)
  if (known === undefined || number !== known.retries + 1) return false
  const named = (await readRetry(store, batch, number))?.map ?? ''
  const map = await ledger.readMap(batch)
  const { failed } = mapByte
  for (let row = named.indexOf(failed); row >= 0; row = named.indexOf(failed, row + 1))
    // one that the ledger has not taken again has not ended
    if (!allEnded(map[row] ?? restingByte)) return false
  return true
}

async function cancelThose(ids: readonly string[], { ledger, log }: Tools): Promise<void> {
  if (ids.length === 0) return
  for (const [i, record] of (await ledger.readEach(ids)).entries()) {
    const id = ids[i] ?? ''
    if (!(await isForgotten(record, id, ledger))) continue
    const canceled = await ledger.cancelEdit(id)
    log.warn({ editId: id, canceled }, 'forgotten cancel carried out again')
  }
}

/** A row that rests is no edit yet, and goes like any other. */
async function isForgotten(record: EditRecord, id: string, ledger: Tools['ledger']): Promise<boolean> {
  if (record.kind === 'edit') return !isTerminal(record.edit.state) && record.edit.cancelAsked === undefined
  const place = rowOfEditId(id)
  if (record.kind !== 'none' || place === undefined) return false
  return (await ledger.readMap(place.batch, place.row, place.row + 1)) === restingByte
}
