import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { RestyleError } from '@restyle/shared/errors'
import { takeOfEditId } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Lot } from '@restyle/shared/ledger/rests'
import {
  lotsPrefix,
  receiptsOfBatch,
  resultsKey,
  resultsPrefix,
  rowsKey,
  rowsPrefix,
} from '@restyle/shared/object-key'
import type { Log } from '@restyle/shared/log'
import { readCancelOrder } from '@restyle/shared/receipt/cancel-order'
import type { RowReader } from '@restyle/shared/rows/read-rows'
import { editOfLine, withoutRows } from '@restyle/shared/rows/results'
import { editOfTake } from '@restyle/shared/rows/retake'
import { newestRetry, readRetry, type RetryOrder } from '@restyle/shared/rows/retries'
import { readResults } from '@restyle/shared/rows/write-results'
import { readClosed } from '@restyle/shared/rows/write-rows'
import type { Store } from '@restyle/shared/store/store'

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
    const isFolded = new Uint8Array(total)
    const again = retried > 0 ? await rowsTakenAgain(id, tools, beat) : new Set<number>()
    folded = await restoreFolded({ ...opening, from: accepted, isFolded }, again, tools, beat)
    // before the others may be fed: one of them would be submitted that was submitted before
    const left: number[] = []
    for await (const edits of rowsWithReceipts({ ...opening, from: accepted, isFolded }, tools, beat)) {
      const fates = await putBack(edits)
      if (fates.includes('missed')) return { taken: 0, folded }
      left.push(...edits.flatMap(({ row }, i) => (fates[i] === 'poisoned' ? [row] : [])))
    }
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

/** Ends that are younger (ms) are told again: what was lost with them may not have been read. */
const unreadMs = 3600_000

/** The rows of a batch from `from` on; of each whether it was folded. */
type Remaining = Pick<NewBatch, 'id' | 'producer'> & { from: number; isFolded: Uint8Array }

/** Rows of which there is a receipt of a later edit: what became of that one counts. */
async function rowsTakenAgain(
  batch: string,
  { store }: BatchTools,
  beat: () => void,
): Promise<ReadonlySet<number>> {
  const rows = new Set<number>()
  for await (const { key } of store.list(receiptsOfBatch(batch))) {
    beat()
    const place = takeOfEditId(key.slice('receipts/'.length).split('/')[0] ?? '')
    if (place !== undefined && place.take > 1) rows.add(place.row)
  }
  return rows
}

/** How many objects with results are read at a time. */
const readAtOnce = 8

/**
 * Has the ledger note the rows from `from` on that were folded, and marks them in `isFolded`. Gives how many of them it did
 * not know. Rows whose results cannot be read come back from their receipts.
 */
async function restoreFolded(
  { id: batch, producer, from, isFolded }: Remaining,
  again: ReadonlySet<number>,
  { ledger, store, log }: BatchTools,
  beat: () => void,
): Promise<number> {
  const prefix = resultsPrefix(batch)
  const firsts: number[] = []
  const after = from === 0 ? {} : { after: resultsKey(batch, from - 1) }
  for await (const { key } of store.list(prefix, after)) firsts.push(Number(key.slice(prefix.length)))
  let folded = 0
  const restoreAt = async (first: number): Promise<void> => {
    beat()
    const results = await readResults(store, batch, first).catch((error: unknown) => {
      if (!(error instanceof RestyleError) || error.code !== 'DamagedResults') throw error
      log.error({ batch, first, reason: error.message }, 'results cannot be read: their edits are put back')
    })
    if (results === undefined || first + results.bytes.length > isFolded.length) return
    const since = Date.now() - unreadMs
    const unread = [...results.lines.values()].filter(({ updatedAt }) => updatedAt > since)
    const told = unread.map((line) => editOfLine({ id: batch, producer }, line))
    const restored = await ledger.restoreResults(batch, withoutRows(results, again), told)
    if (restored === 'restored') folded += results.bytes.length
    isFolded.fill(1, first, first + results.bytes.length)
  }
  for (let i = 0; i < firsts.length; i += readAtOnce)
    await Promise.all(firsts.slice(i, i + readAtOnce).map(restoreAt))
  return folded
}

/** How many edits are put back in one go. */
const atOnce = 100

/** The edits of the rows from `from` on of which the bucket has a receipt, and that were not folded. */
async function* rowsWithReceipts(
  { id, producer, from, isFolded }: Remaining,
  { store, rows }: BatchTools,
  beat: () => void,
): AsyncGenerator<NewEdit[]> {
  const found = new Map<number, number>()
  const prefix = receiptsOfBatch(id)
  for await (const { key } of store.list(prefix)) {
    beat()
    const place = takeOfEditId(key.slice('receipts/'.length).split('/')[0] ?? '')
    if (place === undefined || place.row < from) continue
    // a later edit of a folded row is in no results
    if (place.take === 1 && isFolded[place.row] === 1) continue
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
