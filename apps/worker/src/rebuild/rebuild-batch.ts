import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { RestyleError } from '@restyle/shared/errors'
import { takeOfEditId } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Lot } from '@restyle/shared/ledger/rests'
import { lotsPrefix, receiptsOfBatch, rowsKey, rowsPrefix } from '@restyle/shared/object-key'
import { readCancelOrder } from '@restyle/shared/receipt/cancel-order'
import type { RowReader } from '@restyle/shared/rows/read-rows'
import { editOfTake } from '@restyle/shared/rows/retake'
import { newestRetry, readRetry, type RetryOrder } from '@restyle/shared/rows/retries'
import { readClosed } from '@restyle/shared/rows/write-rows'
import type { Store } from '@restyle/shared/store/store'

/*
 * Puts back what the ledger does not know of a batch. Rows with receipts come back as the edits that they were; all others
 * rest again, and none of those is read. Of a batch that may get more rows the last chunk is read, to count it.
 */

export type BatchTools = { ledger: Ledger; store: Store; rows: RowReader }

/** `poisoned`: it will never come back as it is written; `missed`: it could not be looked at now. */
export type Fate = 'done' | 'poisoned' | 'missed'

/** Puts edits back from their receipts, each apart from the others. */
export type PutBack = (edits: readonly NewEdit[]) => Promise<Fate[]>

/** `beat`: called as it goes on. Gives how many rows were taken; none before all with receipts were looked at. */
export async function rebuildBatch(
  opening: NewBatch,
  tools: BatchTools,
  putBack: PutBack,
  beat: () => void,
): Promise<number> {
  const { ledger, store } = tools
  const { id } = opening
  await ledger.openBatch(opening)
  const canceled = (await readCancelOrder(store, 'batch', id)) !== undefined
  // until all of it is back, so that nothing of it goes meanwhile
  if (canceled) await ledger.pauseBatch(id, true)
  const known = await ledger.readBatch(id)
  if (known === undefined) return 0
  const { accepted = 0 } = known
  const closedAt = known.total ?? (await readClosed(store, id))
  const total = closedAt ?? (await countRows(id, accepted, tools))
  if (accepted < total) {
    // before the others may be fed: one of them would be submitted that was submitted before
    const left: number[] = []
    for await (const edits of rowsWithReceipts({ ...opening, from: accepted }, tools, beat)) {
      const fates = await putBack(edits)
      if (fates.includes('missed')) return 0
      left.push(...edits.flatMap(({ row }, i) => (fates[i] === 'poisoned' ? [row] : [])))
    }
    const lots = await lotsOf(id, store)
    await ledger.appendRows({ batch: id, first: accepted, count: total - accepted, lots, left })
  }
  if (known.total === undefined && closedAt !== undefined) await ledger.closeBatch(id, closedAt)
  const retried = await newestRetry(store, id)
  if (retried > 0) await ledger.retryBatch(id, retried)
  if (canceled) await ledger.cancelBatch(id)
  return total - accepted
}

/** How many rows the bucket has of an open batch. A chunk is written only when those before it are there. */
async function countRows(batch: string, accepted: number, { store, rows }: BatchTools): Promise<number> {
  const prefix = rowsPrefix(batch)
  let last: number | undefined
  const after = accepted === 0 ? {} : { after: rowsKey(batch, accepted - 1) }
  for await (const { key } of store.list(prefix, after)) last = Number(key.slice(prefix.length))
  if (last === undefined) return accepted
  const chunk = await rows.chunkAt(batch, last)
  if (chunk === undefined) throw new RestyleError('MissingRows', 'a chunk of rows is gone', { batch, last })
  return last + chunk.rows.length
}

async function lotsOf(batch: string, store: Store): Promise<Lot[]> {
  const prefix = lotsPrefix(batch)
  const lots: Lot[] = []
  for await (const { key } of store.list(prefix)) {
    const [model = '', lotClass = ''] = key.slice(prefix.length).split('~')
    lots.push({ model, class: lotClass })
  }
  return lots
}

/** How many edits are put back in one go. */
const atOnce = 100

/** The edits of the rows from `from` on of which the bucket has a receipt. */
async function* rowsWithReceipts(
  { id, producer, from }: { id: string; producer: string; from: number },
  { store, rows }: BatchTools,
  beat: () => void,
): AsyncGenerator<NewEdit[]> {
  const found = new Map<number, number>()
  const prefix = receiptsOfBatch(id)
  for await (const { key } of store.list(prefix)) {
    beat()
    const place = takeOfEditId(key.slice('receipts/'.length).split('/')[0] ?? '')
    if (place === undefined || place.row < from) continue
    found.set(place.row, Math.max(place.take, found.get(place.row) ?? 1))
  }
  // in their order, so that each chunk is read once
  const ordered = [...found].toSorted(([a], [b]) => a - b)
  const orders = new Map<number, RetryOrder | undefined>()
  for (let i = 0; i < ordered.length; i += atOnce) {
    const edits: NewEdit[] = []
    for (const [row, take] of ordered.slice(i, i + atOnce)) {
      const [edit] = await rows.rowsOf({ id, producer }, row, row + 1)
      // of a row that was retried the newest edit counts, which is as its order says
      if (take > 1 && !orders.has(take)) orders.set(take, await readRetry(store, id, take - 1))
      const order = orders.get(take)
      if (edit !== undefined) edits.push(order === undefined ? edit : editOfTake(edit, take, order.request))
    }
    yield edits
  }
}
