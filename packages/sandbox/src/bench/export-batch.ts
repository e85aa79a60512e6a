import { createHash } from 'node:crypto'
import { AcceptedRequest } from '@restyle/shared/contract/edit-request'
import type { Edit } from '@restyle/shared/contract/edit'
import { mapByte } from '@restyle/shared/contract/edit-state'
import { newId } from '@restyle/shared/ids'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { resultsKey } from '@restyle/shared/object-key'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { cutChunks, editOfRow, type Row } from '@restyle/shared/rows/chunk'
import { packResults, resultsOf } from '@restyle/shared/rows/results'
import { writeChunk } from '@restyle/shared/rows/write-rows'
import { openStore, type Store } from '@restyle/shared/store/store'
import { keys as account, promptOf } from './bench-settings.ts'
import { rowOf } from './catalog-file.ts'
import type { Place } from './enqueue-batch.ts'
import type { Servers } from './servers.ts'

/** A batch that has ended, all of whose rows are in the bucket. */
export type StoredBatch = {
  id: string
  /** Notes the names of its columns as a worker does that has stored its files. */
  noteFiles(): Promise<void>
  close(): void
}

const [producer, at] = ['local', 1_800_000_000_000]
const columnsOf = (row: number) => ({
  title: `product number ${row}`,
  price: String(row % 1_000),
  room: 'living',
})

/** Stores so many rows and what became of them, as they are once a worker has folded them. */
export async function storeBatch(
  { redis: { url }, s3Url }: Servers,
  { prefix, bucket }: Place,
  rows: number,
): Promise<StoredBatch> {
  const redis = connectRedis(url, 'producer', () => {})
  const store = openStore({ ...account, bucket, endpoint: s3Url, region: 'us-east-1', forcePathStyle: true })
  const keys = ledgerKeys(prefix)
  const id = newId('batch')
  const chunks = cutChunks(rowsOf(rows))
  const write = async () => {
    for (const chunk of chunks) await writeEnded(store, id, chunk)
  }
  await Promise.all(Array.from({ length: 4 }, write))
  await openLedger(redis, prefix).openBatch({ id, producer, name: 'export', total: rows, bodyHash: id })
  const counts = { accepted: rows, succeeded: rows, images: rows, ends: 1, completedAt: at }
  await redis.hset(keys.batch(id), counts)
  await redis.set(keys.batchMap(id), Buffer.alloc(rows, mapByte.succeeded))
  return {
    id,
    noteFiles: async () => {
      const list = { v: 1, batch: id, outcome: '', columns: Object.keys(columnsOf(0)), report: [] }
      const bytes = Buffer.from(JSON.stringify({ ...list, results: { csv: [], jsonl: [], xlsx: [] } }))
      await put(store, 'files.json', bytes)
      const files = { list: 'files.json', csv: 'c', jsonl: 'j', xlsx: 'x', parts: 1, pages: 0 }
      await redis.hset(keys.batch(id), { files: JSON.stringify({ state: 'stored', ...files }) })
    },
    close: () => {
      store.close()
      redis.disconnect()
    },
  }
}

async function writeEnded(store: Store, id: string, rows: readonly Row[]): Promise<void> {
  await writeChunk(store, id, rows)
  const first = rows[0]?.row ?? 0
  const ended = rows.map((row) => endedEdit(id, row))
  const results = resultsOf(first, mapByte.succeeded.repeat(rows.length), ended)
  await put(store, resultsKey(id, first), await packResults(results))
}

async function put(store: Store, key: string, bytes: Buffer): Promise<void> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await store.putIfAbsent(key, bytes, { contentType: 'application/octet-stream', sha256 })
}

function endedEdit(batch: string, row: Row): Edit {
  const key = `${producer}/${batch}/${row.key}-0.png`
  const sha256 = createHash('sha256').update(key).digest('hex')
  const facts = { bytes: 1_862_301, width: 1_024, height: 1_024, contentType: 'image/png' }
  return {
    ...editOfRow({ id: batch, producer }, row),
    state: 'succeeded',
    version: 6,
    createdAt: at,
    updatedAt: at,
    submittedAt: at,
    renderedAt: at,
    attempt: 1,
    tries: 0,
    lane: 'bench',
    taskId: newId('edit'),
    images: [{ index: 0, stored: { key, sha256, ...facts } }],
    reserved: 0,
    billed: 200_000,
    currency: 'CNY',
    day: '2027-01-15',
  }
}

function* rowsOf(count: number): Generator<Row> {
  for (let row = 0; row < count; row += 1) {
    const { key, ...asked } = rowOf(row)
    const request = AcceptedRequest.parse({ ...asked, prompt: promptOf(row) })
    yield { row, key, request, bodyHash: newId('edit').slice(5), columns: columnsOf(row) }
  }
}
