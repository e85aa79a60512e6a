import { type Batch, rowsOfBatch } from '../contract/batch.ts'
import type { Edit } from '../contract/edit.ts'
import { allEnded, mapByte, restingByte } from '../contract/edit-state.ts'
import { ownFailure } from '../contract/failure-codes.ts'
import type { NewEdit } from '../contract/new-edit.ts'
import { RestyleError } from '../errors.ts'
import { editIdOfRow, editIdOfTake, newestFirst, takeOfEditId } from '../ledger/batches.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type EditRecord, unreadable } from '../ledger/record.ts'
import { chunkLimits, editOfRow } from './chunk.ts'
import type { Chunk, RowReader } from './read-rows.ts'

/*
 * Reads the edits of a batch wherever they are: in the ledger, or at rest in the bucket before or after their time there.
 * Whoever asks sees no difference.
 */

export type ReadTools = {
  ledger: Pick<Ledger, 'read' | 'readBatch' | 'readEach' | 'readBytes'>
  rows: RowReader
}

/** Ids of edits that came alone: the bucket is asked for no other name. */
const isAlone = /^edit_[0-9a-z]{26}$/

/** One edit, or undefined where there is none. Throws `Unreadable`, and what the store throws. */
export async function readEdit(id: string, tools: ReadTools): Promise<Edit | undefined> {
  const edit = await tools.ledger.read(id)
  const place = takeOfEditId(id)
  if (edit !== undefined) return edit
  if (place === undefined) return isAlone.test(id) ? tools.rows.judgedRedo(id) : undefined
  const batch = await tools.ledger.readBatch(place.batch)
  if (batch === undefined || place.row >= rowsOfBatch(batch)) return undefined
  const { row, take } = place
  if (take > 1) return (await tools.rows.foldedOf(batch, [row], [take])).get(row)
  const [record] = await readEdits({ ...batch, retries: 0 }, place.row, place.row + 1, tools)
  if (record?.kind === 'unreadable') throw unreadable('edit', id, record.why)
  return record?.kind === 'edit' ? record.edit : undefined
}

/** The edits of the rows from `from` on before `to`. Throws what the store throws. */
export const readEdits = (batch: Batch, from: number, to: number, tools: ReadTools): Promise<EditRecord[]> =>
  readRows(
    batch,
    Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i),
    tools,
  )

/** The newest edit of each of these rows, which are given in their order, none of them twice. Throws what the store throws. */
export async function readRows(
  batch: Batch,
  rows: readonly number[],
  { ledger, rows: reader }: ReadTools,
): Promise<EditRecord[]> {
  const records = await readNewest(batch, rows, ledger)
  if (records.every(({ kind }) => kind !== 'none')) return records
  const bytes = await ledger.readBytes(batch.id, rows)
  const isNone = (i: number): boolean => records[i]?.kind === 'none'
  const resting = rows.flatMap((_, i) => (isNone(i) && bytes[i] === restingByte ? [i] : []))
  const taken = rows.flatMap((_, i) =>
    isNone(i) && !['\0', restingByte].includes(bytes[i] ?? '\0') ? [i] : [],
  )
  const ended = taken.filter((i) => allEnded(bytes[i] ?? ''))
  const rowAt = (i: number): number => rows[i] ?? 0
  const folded = await readFolded(batch, ended.map(rowAt), reader)
  for (const i of ended) records[i] = folded(rowAt(i))
  // became edits after they were looked for
  const late = taken.filter(isNone)
  const lateRecords =
    late.length === 0 ? [] : await ledger.readEach(late.map((i) => editIdOfRow(batch.id, rowAt(i))))
  for (const [n, i] of late.entries()) records[i] = lateRecords[n] ?? { kind: 'none' }
  // ended without ever becoming edits
  const over = late.filter((i) => isNone(i) && endAtRest(bytes[i]) !== 'queued')
  const atRest = [...resting, ...over].toSorted((a, b) => a - b)
  const read = await readResting(batch, atRest.map(rowAt), reader)
  for (const i of atRest) records[i] = read(rowAt(i), endAtRest(bytes[i]))
  return records
}

/** What a row is that is no edit: it was canceled at rest, or failed there as the bucket had lost it. */
const endAtRest = (byte: string | undefined): 'queued' | 'canceled' | 'failed' =>
  byte === mapByte.canceled ? 'canceled' : byte === mapByte.failed ? 'failed' : 'queued'

/** So many edits are asked for in one pipeline. */
const readAtOnce = 2_000

/** Of a row that was retried the newest edit is shown. */
async function readNewest(
  { id, retries }: Batch,
  rows: readonly number[],
  ledger: ReadTools['ledger'],
): Promise<EditRecord[]> {
  const takes = newestFirst(retries + 1)
  const ids = rows.flatMap((row) => takes.map((take) => editIdOfTake(id, row, take)))
  const records: EditRecord[] = []
  for (let from = 0; from < ids.length; from += readAtOnce)
    records.push(...(await ledger.readEach(ids.slice(from, from + readAtOnce))))
  return rows.map((_, i) => {
    const own = records.slice(i * takes.length, (i + 1) * takes.length)
    return own.find(({ kind }) => kind !== 'none') ?? { kind: 'none' }
  })
}

/** All edits that a row had, the oldest first. Throws as `readEdit` does. */
export async function readTakes(batch: Batch, row: number, tools: ReadTools): Promise<Edit[]> {
  const later = Array.from({ length: batch.retries }, (_, i) => editIdOfTake(batch.id, row, i + 2))
  const first = await readEdit(editIdOfRow(batch.id, row), tools)
  const edits = first === undefined ? [] : [first]
  for (const [i, record] of (await tools.ledger.readEach(later)).entries()) {
    const folded = record.kind === 'none' && (await tools.rows.foldedOf(batch, [row], [i + 2])).get(row)
    if (record.kind === 'edit') edits.push(record.edit)
    else if (folded) edits.push(folded)
  }
  return edits
}

/** What the results say of each of these rows, which have ended and are in the ledger no more. */
async function readFolded(
  batch: Batch,
  rows: readonly number[],
  reader: RowReader,
): Promise<(row: number) => EditRecord> {
  if (rows.length === 0) return () => ({ kind: 'none' })
  try {
    const edits = await reader.foldedOf(batch, rows, newestFirst(batch.retries + 1))
    return (row) => {
      const edit = edits.get(row)
      return edit === undefined ? { kind: 'none' } : { kind: 'edit', edit }
    }
  } catch (error) {
    if (!(error instanceof RestyleError) || error.code !== 'DamagedResults') throw error
    return () => ({ kind: 'unreadable', why: error.message })
  }
}

/** What the chunks say of these rows, which rest. */
async function readResting(
  batch: Batch,
  rows: readonly number[],
  reader: RowReader,
): Promise<(row: number, state: ReturnType<typeof endAtRest>) => EditRecord> {
  const edits = new Map<number, NewEdit>()
  let chunk: Chunk | undefined
  // where it begins nobody can say: up to there no row is looked for again, each of which would list the bucket
  let [goneBefore, why] = [0, 'the bucket does not have it']
  for (const row of rows) {
    if (row < goneBefore) continue
    if (chunk === undefined || row >= chunk.first + chunk.rows.length) {
      const read = await readChunk(batch.id, row, reader)
      if (typeof read === 'string') why = read
      chunk = typeof read === 'string' ? undefined : read
    }
    const found = chunk?.rows[row - chunk.first]
    if (found === undefined) goneBefore = row + chunkLimits.rows
    else edits.set(row, editOfRow(batch, found))
  }
  return (row, state) => {
    const edit = edits.get(row)
    return edit === undefined
      ? { kind: 'unreadable', why }
      : { kind: 'edit', edit: restingEdit(batch, edit, state) }
  }
}

/** Where it is damaged: what is wrong with it. */
async function readChunk(batch: string, row: number, reader: RowReader): Promise<Chunk | string | undefined> {
  try {
    return await reader.chunkAt(batch, row)
  } catch (error) {
    if (!(error instanceof RestyleError) || error.code !== 'DamagedRows') throw error
    return error.message
  }
}

/** A row at rest, as the edit that it becomes. */
const restingEdit = (
  { createdAt, canceledAt }: Batch,
  row: NewEdit,
  state: ReturnType<typeof endAtRest>,
): Edit => ({
  ...row,
  state,
  ...(state === 'failed' && { failure: ownFailure('RowsUnreadable', 'the bucket had lost the row') }),
  version: 0,
  createdAt,
  updatedAt: (state === 'canceled' ? canceledAt : undefined) ?? createdAt,
  attempt: 0,
  tries: 0,
  reserved: 0,
  billed: 0,
})
