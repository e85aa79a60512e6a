import type { Edit } from '../contract/edit.ts'
import { mapByte, retryByte } from '../contract/edit-state.ts'
import type { NewEdit } from '../contract/new-edit.ts'
import { RestyleError } from '../errors.ts'
import { digestOf } from '../ids.ts'
import { editIdOfTake, newestFirst } from '../ledger/batches.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Feeding } from '../ledger/rests.ts'
import type { Store } from '../store/store.ts'
import type { RowReader } from './read-rows.ts'
import { readRetry, type RetryOrder, type RetryRequest } from './retries.ts'

/*
 * Failed rows that are retried rest again, and are fed like all others, but as another edit of the same row: with an id,
 * receipts and images of its own.
 */

export type RetakeTools = {
  ledger: Pick<Ledger, 'readBatch' | 'readEach' | 'readMap'>
  store: Pick<Store, 'get'>
  rows: Pick<RowReader, 'foldedOf'>
}

/** Turns rows that are fed into what is made of them. `edits` are those of the rows from `from` on before `to`. */
export type Retake = (
  batch: string,
  edits: readonly NewEdit[],
  range: { from: number; to: number },
) => Promise<Pick<Feeding, 'spared' | 'failures'> & { edits: NewEdit[] }>

/** The edit that a retried row becomes; `take` from 2 on. */
export function editOfTake(row: NewEdit, take: number, { prompt, seed, size }: RetryRequest): NewEdit {
  const request = {
    ...row.request,
    ...(prompt === undefined ? {} : { prompt }),
    ...(seed === undefined ? {} : { seed }),
    ...(size === undefined ? {} : { size }),
  }
  return { ...row, id: editIdOfTake(row.batch, row.row, take), take, request, bodyHash: digestOf(request) }
}

/** Reads each order once, but for the last few that were read. */
export function openRetake({ ledger, store, rows }: RetakeTools): Retake {
  const orders = new Map<string, RetryOrder>()
  async function orderOf(batch: string, number: number): Promise<RetryOrder> {
    const name = `${batch} ${number}`
    const known = orders.get(name)
    if (known !== undefined) return known
    const order = await readRetry(store, batch, number)
    if (order === undefined)
      throw new RestyleError('MissingRetry', 'the bucket has no such order', { batch, number })
    if (orders.size >= 10) orders.clear()
    orders.set(name, order)
    return order
  }
  return async (batch, edits, { from, to }) => {
    const map = await ledger.readMap(batch, from, to)
    const retried = edits.filter(({ row }) => map[row - from] === retryByte)
    if (retried.length === 0) return { edits: [...edits] }
    const number = (await ledger.readBatch(batch))?.retries ?? 0
    const order = await orderOf(batch, number)
    const newest = await newestTakes(batch, retried, number + 1, { ledger, rows })
    const spared: number[] = []
    const failures: Record<string, string> = {}
    const takes = new Map<number, NewEdit>()
    for (const [i, row] of retried.entries()) {
      const before = newest[i]
      if (!isMeant(order, row, before, number + 1)) spared.push(row.row)
      else {
        const edit = editOfTake(row, number + 1, order.request)
        takes.set(row.row, edit)
        if (before?.failure !== undefined) failures[edit.id] = before.failure.code
      }
    }
    const isSpared = new Set(spared)
    const fed = edits.flatMap((edit) => (isSpared.has(edit.row) ? [] : [takes.get(edit.row) ?? edit]))
    return { edits: fed, spared, failures }
  }
}

/**
 * Whether the order names the row: it had failed then, for one of the codes, and has no edit of this take yet. What a
 * producer wanted canceled is not tried again.
 */
function isMeant(
  { map, request: { codes } }: RetryOrder,
  { row }: NewEdit,
  newest: Edit | undefined,
  take: number,
): boolean {
  if (map[row] !== mapByte.failed || (newest?.take ?? 1) >= take) return false
  if (newest?.cancelAsked !== undefined) return false
  return codes === undefined || (newest?.failure !== undefined && codes.includes(newest.failure.code))
}

/** The newest edit of each row; undefined where none can be read. */
async function newestTakes(
  batch: string,
  rows: readonly NewEdit[],
  most: number,
  { ledger, rows: reader }: Pick<RetakeTools, 'ledger' | 'rows'>,
): Promise<(Edit | undefined)[]> {
  const numbers = newestFirst(most)
  const ids = rows.flatMap(({ row }) => numbers.map((take) => editIdOfTake(batch, row, take)))
  const records = await ledger.readEach(ids)
  const known = rows.map((_, i) => {
    const found = records.slice(i * most, (i + 1) * most).find(({ kind }) => kind === 'edit')
    return found?.kind === 'edit' ? found.edit : undefined
  })
  const gone = rows.flatMap(({ row }, i) => (known[i] === undefined ? [row] : []))
  if (gone.length === 0) return known
  const owner = { id: batch, producer: rows[0]?.producer ?? '' }
  const folded = await reader.foldedOf(owner, gone, numbers)
  return rows.map(({ row }, i) => known[i] ?? folded.get(row))
}
