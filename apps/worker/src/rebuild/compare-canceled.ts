import { mapByte } from '@restyle/shared/contract/edit-state'
import type { Batch } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { editIdOfTake, newestFirst, rowOfEditId, takeOfEditId } from '@restyle/shared/ledger/batches'
import { receiptsOfBatch } from '@restyle/shared/object-key'
import { type Order, ordersIn, readCancelOrder } from '@restyle/shared/receipt/cancel-order'
import { newestRetry, readRetry } from '@restyle/shared/rows/retries'
import { editOfTake } from '@restyle/shared/rows/retake'
import { settleBatch } from '@restyle/shared/settle-batch'
import type { Pulse } from '../hand/pulse.ts'
import { newestAttempt, readReceipts } from './read-receipts.ts'
import type { RebuildTools } from './rebuild-tools.ts'
import { restorePoint } from './restore-point.ts'

/*
 * A Redis that went back to before a submit has its edit queued, or its row at rest, and a cancel ends it there: nobody would
 * ask for the image that is paid. So what was canceled is compared with its receipts. One that knows of a later attempt than
 * the ledger is opened again where that attempt stands; it is marked as canceled, and never submitted once more.
 */

/** A clock of a bucket may be so far from ours, and a POST so long after the last admission (ms). */
const marginMs = 6 * 60_000

/** How many edits are read at a time, and of how many the receipts. */
const [readAtOnce, comparedAtOnce] = [100, 16]

/**
 * Compares what was canceled by an order of the hour of `at` (epoch ms). What had ended before `comparedAt`, and was ordered
 * before, is not looked at again. Gives how many edits were opened again. Throws what the store throws.
 */
export async function compareCanceled(
  at: number,
  comparedAt: number,
  tools: RebuildTools,
  { signal, beat }: Pulse,
): Promise<number> {
  const since = comparedAt - marginMs
  let reopened = 0
  let edits: Order[] = []
  const compareEdits = async (): Promise<void> => {
    reopened += await compareThose(edits, since, tools)
    edits = []
    beat()
  }
  for await (const order of ordersIn(tools.store, at)) {
    if (signal.aborted) return reopened
    if (order.what === 'edit') edits.push(order)
    else if (order.what === 'batch') reopened += await compareBatch(order, since, tools, { signal, beat })
    if (edits.length >= readAtOnce) await compareEdits()
  }
  if (!signal.aborted) await compareEdits()
  return reopened
}

/** An edit as it is known to have ended, with the newest attempt that is known. */
type Ended = { edit: NewEdit; attempt: number; failure?: string | undefined }

/** Edits that were canceled by themselves: most are older than the last comparison, and cost one read of the ledger. */
async function compareThose(orders: readonly Order[], since: number, tools: RebuildTools): Promise<number> {
  const records = await tools.ledger.readEach(orders.map(({ id }) => id))
  const ended: Ended[] = []
  for (const [i, { id, writtenAt }] of orders.entries()) {
    const record = records[i]
    if (record?.kind === 'edit') {
      const { edit } = record
      const isNew = writtenAt >= since || edit.updatedAt >= since
      if (edit.state === 'canceled' && isNew) ended.push({ edit: newEditOf(edit), attempt: edit.attempt })
    } else if (record?.kind === 'none' && writtenAt >= since) {
      const place = rowOfEditId(id)
      const batch = place && (await tools.ledger.readBatch(place.batch))
      const canceled = batch && (await canceledAtRest(batch, place.row, 1, tools))
      if (canceled) ended.push(canceled)
    }
  }
  return sumOf(ended, async (each) => {
    const newest = await newestAttempt(tools.store, each.edit.id)
    return newest > each.attempt && (await goOn(each, undefined, tools))
  })
}

/** All edits and rows of a batch. Its receipts are listed once; only those of canceled rows are looked at. */
async function compareBatch(
  { id, number, writtenAt }: Order,
  since: number,
  tools: RebuildTools,
  { signal, beat }: Pulse,
): Promise<number> {
  const { ledger, store, log } = tools
  const batch = await ledger.readBatch(id)
  if (batch?.canceledAt === undefined || number < (await newestRetry(store, id))) return 0
  if (writtenAt < since && (batch.completedAt ?? Infinity) < since) return 0
  // what has not ended yet cannot be compared
  const mark = (await ledger.unsettled()).find(([unsettled]) => unsettled === id)?.[1]
  if (mark !== undefined)
    await settleBatch(id, mark, { ledger, log, queues: { hurry: async () => {} } }, signal)
  const map = await ledger.readMap(id)
  const newest = new Map<number, { take: number; attempt: number }>()
  for await (const { key } of store.list(receiptsOfBatch(id))) {
    beat()
    const [name = '', attempted] = key.slice('receipts/'.length).split('/')
    const place = takeOfEditId(name)
    const attempt = Number(attempted)
    if (place === undefined || !Number.isInteger(attempt)) continue
    const { row, take } = place
    if (map[row] !== mapByte.canceled && !(take > 1 && map[row] === mapByte.failed)) continue
    const known = newest.get(row) ?? { take: 0, attempt: 0 }
    if (take > known.take || (take === known.take && attempt > known.attempt))
      newest.set(row, { take, attempt })
  }
  const orderedAt = (await readCancelOrder(store, 'batch', id, number)) ?? batch.canceledAt
  let reopened = 0
  const rows = [...newest]
  for (let from = 0; from < rows.length && !signal.aborted; from += readAtOnce) {
    beat()
    const forgotten = await forgottenOf(batch, rows.slice(from, from + readAtOnce), tools)
    reopened += await sumOf(forgotten, (each) => goOn(each, orderedAt, tools))
  }
  return reopened
}

/** Those of some rows of which the bucket knows a later attempt than the ledger. */
async function forgottenOf(
  batch: Batch,
  rows: readonly [row: number, newest: { take: number; attempt: number }][],
  tools: RebuildTools,
): Promise<Ended[]> {
  const { ledger, store } = tools
  const records = await ledger.readEach(rows.map(([row, { take }]) => editIdOfTake(batch.id, row, take)))
  const forgotten: Ended[] = []
  for (const [i, [row, { take, attempt }]] of rows.entries()) {
    const record = records[i]
    if (record?.kind === 'edit') {
      const { edit } = record
      if (edit.state === 'canceled' && edit.attempt < attempt)
        forgotten.push({ edit: newEditOf(edit), attempt: edit.attempt })
    } else if (record?.kind === 'none') {
      const known = await canceledAtRest(batch, row, take, tools)
      if (known === undefined || known.attempt >= attempt) continue
      const order = take === 1 ? undefined : await readRetry(store, batch.id, take - 1)
      if (take === 1) forgotten.push(known)
      else if (order !== undefined)
        forgotten.push({
          edit: editOfTake(known.edit, take, order.request),
          attempt: 0,
          failure: known.failure,
        })
    }
  }
  return forgotten
}

/**
 * A row of which the ledger has no edit of this take, with the attempt that its results know of it; undefined where it has not
 * ended. `failure`: how the edit before had failed.
 */
async function canceledAtRest(
  batch: Batch,
  row: number,
  take: number,
  { ledger, rows }: RebuildTools,
): Promise<Ended | undefined> {
  const byte = await ledger.readMap(batch.id, row, row + 1)
  if (byte !== mapByte.canceled && byte !== mapByte.failed) return undefined
  const [edit] = await rows.rowsOf(batch, row, row + 1)
  if (edit === undefined) return undefined
  const folded = (await rows.foldedOf(batch, [row], [take])).get(row)
  const before = newestFirst(take - 1)
  const records = await ledger.readEach(before.map((each) => editIdOfTake(batch.id, row, each)))
  const known = records.find(({ kind }) => kind === 'edit')
  const newest = known?.kind === 'edit' ? known.edit : (await rows.foldedOf(batch, [row], before)).get(row)
  return { edit, attempt: folded?.attempt ?? 0, failure: newest?.failure?.code }
}

/** Opens an edit again where its receipts say that something came of it, or may have. */
async function goOn(
  { edit, failure }: Ended,
  orderedAt: number | undefined,
  tools: RebuildTools,
): Promise<boolean> {
  const { ledger, log, factsOf } = tools
  const remembered = await readReceipts(tools, edit)
  const canceledAt = remembered.canceledAt ?? orderedAt
  const point = restorePoint({ ...remembered, canceledAt }, factsOf(edit), Date.now())
  if (point.state === 'queued' || point.state === 'canceled') return false
  if (point.state === 'failed' && (point.billed ?? 0) === 0) return false
  if ((await ledger.reopen(edit, point, failure)) === 'known') return false
  log.warn(
    { editId: edit.id, attempt: point.attempt, state: point.state },
    'canceled edit had been submitted before, which redis forgot: it goes on',
  )
  return true
}

async function sumOf<T>(items: readonly T[], each: (item: T) => Promise<boolean>): Promise<number> {
  let sum = 0
  for (let from = 0; from < items.length; from += comparedAtOnce) {
    const done = await Promise.all(items.slice(from, from + comparedAtOnce).map(each))
    sum += done.filter(Boolean).length
  }
  return sum
}

/** What was asked for. */
function newEditOf({ id, producer, batch, row, key, request, bodyHash, traceparent, take }: Edit): NewEdit {
  return {
    id,
    producer,
    batch,
    row,
    key,
    request,
    bodyHash,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(take === undefined ? {} : { take }),
  }
}
