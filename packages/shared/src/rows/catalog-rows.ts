import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import type { Batch } from '../contract/batch.ts'
import type { CatalogRow, CatalogState } from '../contract/catalog.ts'
import { EditState, mapByte } from '../contract/edit-state.ts'
import { RestyleError } from '../errors.ts'
import { inOrder } from '../in-order.ts'
import { openKeyIndex } from '../key-index.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { rowsKey, rowsPrefix } from '../object-key.ts'
import type { Store } from '../store/store.ts'
import {
  batchesOfCatalog,
  type Catalog,
  type CatalogBatch,
  countedRows,
  wasPromised,
} from './catalog-batches.ts'
import { chunkLimits } from './chunk.ts'
import { readEnds } from './write-results.ts'

/*
 * What became of each key of a catalog: of all its batches, the newest first, the rows of the bucket with the states of the
 * ledger, or of the results where the ledger has forgotten the batch. A chunk at a time, and of each key a few bytes.
 */

export type CatalogTools = {
  ledger: Pick<Ledger, 'readBatch' | 'readMap'>
  store: Pick<Store, 'get' | 'head' | 'list'>
}

/** Batches whose chunks are looked up, and chunks that are read, at a time. */
const [batchesAtOnce, chunksAtOnce] = [8, 4]

/** The newest row of each key, chunk by chunk, in no order. Throws what the store throws, and `DamagedRows`. */
export async function* newestRows(tools: CatalogTools, catalog: Catalog): AsyncGenerator<CatalogRow[]> {
  const seen = openKeyIndex()
  const batches = await batchesOfCatalog(tools.store, catalog)
  for await (const rows of inOrder(chunksOf(tools, batches), chunksAtOnce, (chunk) =>
    rowsOfChunk(tools, chunk),
  )) {
    const newest = rows.filter(({ key }) => seen.claim(key, 0) === undefined)
    if (newest.length > 0) yield newest
  }
}

/** A chunk of rows. `known`: its batch, as far as the ledger knows it. */
type Chunk = { batch: CatalogBatch; known: Batch | undefined; first: number }

async function* chunksOf(
  { ledger, store }: CatalogTools,
  batches: readonly CatalogBatch[],
): AsyncGenerator<Chunk> {
  const looked = inOrder(batches, batchesAtOnce, async (batch) => {
    const [known, firsts] = await Promise.all([ledger.readBatch(batch.id), firstsOf(store, batch.id)])
    const isOurs = known !== undefined || firsts.length === 0 || (await wasPromised(store, batch))
    return { batch, known, firsts: isOurs ? firsts : [] }
  })
  for await (const { batch, known, firsts } of looked)
    for (const first of firsts) if (first < countedRows(known)) yield { batch, known, first }
}

async function firstsOf(store: CatalogTools['store'], batch: string): Promise<number[]> {
  const prefix = rowsPrefix(batch)
  const firsts: number[] = []
  for await (const { key } of store.list(prefix)) firsts.push(Number(key.slice(prefix.length)))
  return firsts
}

async function rowsOfChunk(
  { ledger, store }: CatalogTools,
  { batch: { id }, known, first }: Chunk,
): Promise<CatalogRow[]> {
  const bytes = await store.get(rowsKey(id, first))
  if (bytes === undefined)
    throw new RestyleError('MissingRows', 'a chunk of rows is gone', { batch: id, first })
  const lines = await keysOfChunk(bytes, first)
  const counted = lines.slice(0, countedRows(known) - first)
  const states =
    known === undefined
      ? ((await readEnds(store, id, first)) ?? '')
      : await ledger.readMap(id, first, first + counted.length)
  const state = known === undefined ? endOf : stateOf
  return counted.map(({ key, fingerprint }, i) => ({
    key,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    state: state(states[i]),
    batch: id,
    row: first + i + 1,
  }))
}

const states = new Map(EditState.options.map((state) => [mapByte[state], state]))

/** The state that a byte of a batch's map stands for. A row that rests, or is about to, is queued to everybody outside. */
const stateOf = (byte = ''): CatalogState => states.get(byte) ?? 'queued'

/** The same of a batch that the ledger has forgotten. */
const endOf = (byte = ''): CatalogState => states.get(byte) ?? 'unknown'

const KeyLine = z.object({ row: z.int(), key: z.string(), fingerprint: z.string().exactOptional() })

/** Of the rows of a chunk, as it was packed, nothing but what a catalog is compared by: the rest of a row is ten times more. */
async function keysOfChunk(bytes: Buffer, first: number): Promise<z.infer<typeof KeyLine>[]> {
  try {
    const text = (await promisify(gunzip)(bytes, { maxOutputLength: 2 * chunkLimits.bytes })).toString()
    const lines = text.split('\n').slice(0, -1)
    return lines.map((line) => KeyLine.parse(JSON.parse(line)))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new RestyleError('DamagedRows', `a chunk of rows cannot be read: ${why}`, { first })
  }
}
