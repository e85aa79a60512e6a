import { type Batch, rowsOfBatch } from '../contract/batch.ts'
import type { Edit } from '../contract/edit.ts'
import { allEnded, mapByte, restingByte } from '../contract/edit-state.ts'
import { ownFailure } from '../contract/failure-codes.ts'
import type { NewEdit } from '../contract/new-edit.ts'
import { RestyleError } from '../errors.ts'
import { editIdOfRow, editIdOfTake, newestFirst, takeOfEditId } from '../ledger/batches.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type EditRecord, unreadable } from '../ledger/record.ts'
import type { RowReader } from './read-rows.ts'

/*
 * Reads the edits of a batch wherever they are: in the ledger, or at rest in the bucket before or after their time there.
 * Whoever asks sees no difference.
 */

export type ReadTools = {
  ledger: Pick<Ledger, 'read' | 'readBatch' | 'readEach' | 'readMap'>
  rows: RowReader
}

/** One edit, or undefined where there is none. Throws `Unreadable`, and what the store throws. */
export async function readEdit(id: string, tools: ReadTools): Promise<Edit | undefined> {
  const edit = await tools.ledger.read(id)
  const place = takeOfEditId(id)
  if (edit !== undefined || place === undefined) return edit
  const batch = await tools.ledger.readBatch(place.batch)
  if (batch === undefined || place.row >= rowsOfBatch(batch)) return undefined
  const { row, take } = place
  if (take > 1) return (await tools.rows.foldedOf(batch, [row], [take])).get(row)
  const [record] = await readEdits({ ...batch, retries: 0 }, place.row, place.row + 1, tools)
  if (record?.kind === 'unreadable') throw unreadable('edit', id, record.why)
  return record?.kind === 'edit' ? record.edit : undefined
}

/** The edits of the rows from `from` on before `to`. Throws what the store throws. */
export async function readEdits(
  batch: Batch,
  from: number,
  to: number,
  { ledger, rows }: ReadTools,
): Promise<EditRecord[]> {
  const ids = Array.from({ length: Math.max(0, to - from) }, (_, i) => editIdOfRow(batch.id, from + i))
  const records = await ledger.readEach(ids)
  await putNewestTakes(batch, from, records, ledger)
  if (records.every(({ kind }) => kind !== 'none')) return records
  const map = await ledger.readMap(batch.id, from, to)
  const isNone = (i: number): boolean => records[i]?.kind === 'none'
  const resting = ids.flatMap((_, i) => (isNone(i) && map[i] === restingByte ? [i] : []))
  const taken = ids.flatMap((_, i) => (isNone(i) && !['\0', restingByte].includes(map[i] ?? '\0') ? [i] : []))
  const ended = taken.filter((i) => allEnded(map[i] ?? ''))
  const folded = await readFolded(batch, from, ended, rows)
  for (const i of ended) records[i] = folded(i)
  // became edits after they were looked for
  const late = taken.filter(isNone)
  const lateRecords = late.length === 0 ? [] : await ledger.readEach(late.map((i) => ids[i] ?? ''))
  for (const [n, i] of late.entries()) records[i] = lateRecords[n] ?? { kind: 'none' }
  // ended without ever becoming edits
  const over = late.filter((i) => isNone(i) && endAtRest(map[i]) !== 'queued')
  const atRest = [...resting, ...over].toSorted((a, b) => a - b)
  const read = await readResting(batch, from, atRest, rows)
  for (const i of atRest) records[i] = read(i, endAtRest(map[i]))
  return records
}

/** What a row is that is no edit: it was canceled at rest, or failed there as the bucket had lost it. */
const endAtRest = (byte: string | undefined): 'queued' | 'canceled' | 'failed' =>
  byte === mapByte.canceled ? 'canceled' : byte === mapByte.failed ? 'failed' : 'queued'

/** Of a row that was retried the newest edit is shown. */
async function putNewestTakes(
  { id, retries }: Batch,
  from: number,
  records: EditRecord[],
  ledger: ReadTools['ledger'],
): Promise<void> {
  for (let take = 2; take <= retries + 1; take += 1) {
    const found = await ledger.readEach(records.map((_, i) => editIdOfTake(id, from + i, take)))
    for (const [i, record] of found.entries()) if (record.kind !== 'none') records[i] = record
  }
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

/** What the results say of each row that has ended and is in the ledger no more, by its place from `from` on. */
async function readFolded(
  batch: Batch,
  from: number,
  places: readonly number[],
  rows: RowReader,
): Promise<(place: number) => EditRecord> {
  if (places.length === 0) return () => ({ kind: 'none' })
  try {
    const edits = await rows.foldedOf(
      batch,
      places.map((place) => from + place),
      newestFirst(batch.retries + 1),
    )
    return (place) => {
      const edit = edits.get(from + place)
      return edit === undefined ? { kind: 'none' } : { kind: 'edit', edit }
    }
  } catch (error) {
    if (!(error instanceof RestyleError) || error.code !== 'DamagedResults') throw error
    return () => ({ kind: 'unreadable', why: error.message })
  }
}

/** What a chunk says of each resting row, by its place from `from` on. */
async function readResting(
  batch: Batch,
  from: number,
  places: readonly number[],
  rows: RowReader,
): Promise<(place: number, state: ReturnType<typeof endAtRest>) => EditRecord> {
  const [first] = places
  const last = places.at(-1)
  if (first === undefined || last === undefined) return () => ({ kind: 'none' })
  try {
    const edits = await rows.rowsOf(batch, from + first, from + last + 1)
    return (place, state) => {
      const edit = edits[place - first]
      return edit === undefined
        ? { kind: 'unreadable', why: 'the bucket does not have it' }
        : { kind: 'edit', edit: restingEdit(batch, edit, state) }
    }
  } catch (error) {
    if (!(error instanceof RestyleError) || error.code !== 'DamagedRows') throw error
    return () => ({ kind: 'unreadable', why: error.message })
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
