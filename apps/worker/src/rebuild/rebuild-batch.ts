import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { RestyleError } from '@restyle/shared/errors'
import { takeOfEditId } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Lot } from '@restyle/shared/ledger/rests'
import { lotsPrefix, receiptsOfBatch, rowsKey, rowsPrefix } from '@restyle/shared/object-key'
import type { Log } from '@restyle/shared/log'
import { readCancelOrder } from '@restyle/shared/receipt/cancel-order'
import type { RowReader } from '@restyle/shared/rows/read-rows'
import { editOfTake } from '@restyle/shared/rows/retake'
import { newestRetry, readRetry, type RetryOrder } from '@restyle/shared/rows/retries'
import { readClosed } from '@restyle/shared/rows/write-rows'
import type { Store } from '@restyle/shared/store/store'
import { budgetAgain } from './order-again.ts'
import { type Remaining, restoreFolded } from './restore-folded.ts'
import { verdictsAgain } from './verdicts-again.ts'

/*
 * Puts back what the ledger does not know of a batch. Rows that were folded are ended again, without becoming edits. Of the
 * others those with receipts come back as the edits that they were; the rest rests again, and none of that is read. Of a
 * batch that may get more rows the last chunk is read, to count it.
 */

export type BatchTools = { ledger: Ledger; store: Store; rows: RowReader; log: Log }

/** `poisoned`: it will never come back as it is written; `missed`: it could not be looked at now. */
export type Fate = 'done' | 'poisoned' | 'missed'

/** Puts edits back from their receipts, each apart from the others. */
export type PutBack = (edits: readonly NewEdit[]) => Promise<Fate[]>

/** How many rows of a batch were taken, and how many of them have ended and were folded. */
export type Taken = { taken: number; folded: number }

/** `beat`: called as it goes on. None is taken before all with receipts were looked at. */
export async function rebuildBatch(
  opening: NewBatch,
  tools: BatchTools,
  putBack: PutBack,
  beat: () => void,
): Promise<Taken> {
  const { ledger, store } = tools
  const { id } = opening
  await ledger.openBatch(opening)
  // before anything of it may go
  await budgetAgain(id, tools)
  const retried = await newestRetry(store, id)
  // a retry that was ordered after a cancel counts more
  const canceled = (await readCancelOrder(store, 'batch', id, retried)) !== undefined
  // until all of it is back, so that nothing of it goes meanwhile
  if (canceled) await ledger.pauseBatch(id, true, { quiet: true })
  const known = await ledger.readBatch(id)
  if (known === undefined) return { taken: 0, folded: 0 }
  const { accepted = 0 } = known
  const closedAt = known.total ?? (await readClosed(store, id))
  const total = closedAt ?? (await countRows(id, accepted, tools))
  let folded = 0
  if (accepted < total) {
    const remaining = { ...opening, from: accepted, foldedTakes: new Uint8Array(total) }
    folded = await restoreFolded(remaining, retried > 0, tools, beat)
    // before the others may be fed: one of them would be submitted that was submitted before
    const left: number[] = []
    const takes = new Map<number, number>()
    for await (const edits of rowsWithReceipts(remaining, tools, beat)) {
      const fates = await putBack(edits)
      if (fates.includes('missed')) return { taken: 0, folded }
      for (const { row, take = 1 } of edits) takes.set(row, take)
      left.push(...edits.flatMap(({ row }, i) => (fates[i] === 'poisoned' ? [row] : [])))
    }
    const takeOf = (row: number): number => takes.get(row) ?? remaining.foldedTakes[row] ?? 1
    await verdictsAgain(id, takeOf, tools)
    const lots = await lotsOf(id, store)
    await ledger.appendRows({ batch: id, first: accepted, count: total - accepted, lots, left })
  }
  if (known.total === undefined && closedAt !== undefined) await ledger.closeBatch(id, closedAt)
  if (retried > 0) await ledger.retryBatch(id, retried)
  if (canceled) await ledger.cancelBatch(id)
  return { taken: total - accepted, folded }
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

/** The edits of the rows from `from` on of which the bucket has a receipt, and that were not folded. */
async function* rowsWithReceipts(
  { id, producer, from, foldedTakes }: Remaining,
  { store, rows }: BatchTools,
  beat: () => void,
): AsyncGenerator<NewEdit[]> {
  const found = new Map<number, number>()
  const prefix = receiptsOfBatch(id)
  for await (const { key } of store.list(prefix)) {
    beat()
    const place = takeOfEditId(key.slice('receipts/'.length).split('/')[0] ?? '')
    if (place === undefined || place.row < from) continue
    if (place.take <= (foldedTakes[place.row] ?? 0)) continue
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
