import type { Edit } from '@restyle/shared/contract/edit'
import { EditRequest } from '@restyle/shared/contract/edit-request'
import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { editIdOfRow, editIdOfTake } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { distinctLots } from '@restyle/shared/ledger/rests'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openRetake } from '@restyle/shared/rows/retake'
import { editOfRow } from '@restyle/shared/rows/chunk'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import type { Store } from '@restyle/shared/store/store'
import { promiseRows } from '@restyle/producer/intake/promise-rows'

/*
 * The one batch of a sequence: small, so that each of its rows is met in each place. Its rows rest in the bucket, and are
 * fed a few at a time.
 */

export const producer = 'acme'
export const batchId = 'batch1'
export const rowsPerBatch = 3

const sources = 'https://catalog.test/'

/** The edit, or row of the batch, that a POST is for. */
export const rowOfSource = (body: object): string =>
  (body as { input: { images: string[] } }).input.images[0]?.slice(sources.length) ?? ''

export const requestOf = (id: string, prompt: string): NewEdit['request'] =>
  EditRequest.parse({ prompt, images: [`${sources}${id}`] })

const rowsOf = (samePrompt: boolean): NewEdit[] =>
  Array.from({ length: rowsPerBatch }, (_, row) => {
    const id = editIdOfRow(batchId, row)
    const request = requestOf(id, samePrompt ? 'on oak' : `on oak ${id}`)
    return { id, producer, batch: batchId, row, key: String(row), request, bodyHash: id }
  })

/** The newest edit of a row, or the edit; targets are edits at first, and rows after them. */
export async function readNewest(ledger: Ledger, target: number, edits: number): Promise<Edit | undefined> {
  if (target < edits) return ledger.read(`edit-${target}`)
  const { retries = 0 } = (await ledger.readBatch(batchId)) ?? {}
  const takes = Array.from({ length: retries + 1 }, (_, i) => editIdOfTake(batchId, target - edits, i + 1))
  return (await ledger.readMany(takes)).findLast((edit) => edit !== undefined)
}

export type Intake = { ledger: Ledger; store: Store }

/** Takes the batch as the producer does (accept-batch.ts). Throws what the store throws. */
export async function takeBatch({ ledger, store }: Intake, samePrompt: boolean): Promise<void> {
  const edits = rowsOf(samePrompt)
  const known = await ledger.readBatch(batchId)
  const createdAt = await ledger.now()
  const opening: NewBatch = {
    id: batchId,
    producer,
    name: '',
    total: edits.length,
    bodyHash: batchId,
    createdAt,
  }
  if (known?.accepted === undefined) await promiseRows({ store, now: Date.now }, opening, edits)
  await ledger.openBatch(opening)
  const first = (await ledger.readBatch(batchId))?.accepted ?? 0
  const rest = edits.slice(first)
  if (rest.length === 0) return
  await ledger.appendRows({ batch: batchId, first, count: rest.length, lots: distinctLots(rest) })
}

/** Feeds up to `room` rows as a worker does (feed-hungry.ts). Throws what the store throws. */
export async function feedSome({ ledger, store }: Intake, room: number): Promise<void> {
  const next = await ledger.nextToFeed()
  if (next.kind === 'none') return
  const { batch: id, from } = next
  const rows = openRowReader(store)
  const chunk = await rows.chunkAt(id, from)
  if (chunk === undefined) throw new Error(`the bucket has no row ${from}`)
  const edits = chunk.rows.map((row) => editOfRow({ id, producer }, row))
  const wanted = { ...next, room: Math.min(room, next.room) }
  await feedRows(ledger, id, edits, wanted, openRetake({ ledger, store, rows }))
}
