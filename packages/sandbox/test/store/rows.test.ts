import { AcceptedRequest } from '@restyle/shared/contract/edit-request'
import { rowsKey } from '@restyle/shared/object-key'
import type { Row } from '@restyle/shared/rows/chunk'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { readClosed, writeChunk, writeClosed, writeLots } from '@restyle/shared/rows/write-rows'
import { openStore, type Store } from '@restyle/shared/store/store'
import { startS3, type S3Server } from '../../src/s3/start-s3.ts'

const account = { accessKeyId: 'test', secretAccessKey: 'test-secret' }
let s3: S3Server
let store: Store
beforeAll(async () => {
  s3 = await startS3({ ...account, buckets: ['images'] })
  store = openStore({
    ...account,
    endpoint: s3.url,
    region: 'us-east-1',
    bucket: 'images',
    forcePathStyle: true,
    createOnce: 'if-none-match',
  })
})
afterAll(async () => {
  store.close()
  await s3.stop()
})

const rows = (from: number, to: number, prompt = 'on oak'): Row[] =>
  Array.from({ length: to - from }, (_, i) => ({
    row: from + i,
    key: String(from + i),
    request: AcceptedRequest.parse({ prompt, images: ['https://x.test/a.png'] }),
    bodyHash: `${prompt} ${from + i}`,
  }))
const owner = (id: string) => ({ id, producer: 'acme' })
const gets = () => s3.requests.GetObject ?? 0
const lists = () => s3.requests.ListObjectsV2 ?? 0

describe('a chunk of rows', () => {
  it('is written once: the same rows again are the same, with another trace too, and others a conflict', async () => {
    expect(await writeChunk(store, 'once', rows(0, 3))).toBe('written')
    expect(await writeChunk(store, 'once', rows(0, 3))).toBe('written')
    const traced = rows(0, 3).map((row) => ({ ...row, traceparent: 'another' }))
    expect(await writeChunk(store, 'once', traced)).toBe('written')
    expect(await writeChunk(store, 'once', rows(0, 2))).toBe('conflict')
    expect(await writeChunk(store, 'once', rows(0, 3, 'on elm'))).toBe('conflict')
    const [read] = await openRowReader(store).rowsOf(owner('once'), 0, 1)
    expect(read).toMatchObject({ id: 'once-0', bodyHash: 'on oak 0' })
    expect(read).not.toHaveProperty('traceparent')
  })

  it('is found by each of its rows, whatever the sizes of the chunks are', async () => {
    const begins = [0, 1, 500, 1_500, 1_503]
    const end = 1_600
    for (const [i, from] of begins.entries()) await writeChunk(store, 'odd', rows(from, begins[i + 1] ?? end))
    for (const row of [0, 1, 499, 500, 1_499, 1_500, 1_502, 1_503, 1_599]) {
      const chunk = await openRowReader(store).chunkAt('odd', row)
      expect(chunk?.first).toBe(begins.findLast((from) => from <= row))
    }
    expect(await openRowReader(store).chunkAt('odd', end)).toBeUndefined()
    expect(await openRowReader(store).chunkAt('none', 0)).toBeUndefined()
  })

  it('is read once for a page, and for all who ask at a time', async () => {
    for (const from of [0, 1_000, 2_000]) await writeChunk(store, 'page', rows(from, from + 1_000))
    const reader = openRowReader(store)
    const [got, listed] = [gets(), lists()]
    const pages = await Promise.all([
      reader.rowsOf(owner('page'), 900, 1_400),
      reader.rowsOf(owner('page'), 900, 1_400),
    ])
    for (const page of pages)
      expect(page.map(({ row }) => row)).toEqual(rows(900, 1_400).map(({ row }) => row))
    await reader.rowsOf(owner('page'), 0, 2_000)
    expect(gets() - got).toBe(2)
    expect(lists() - listed).toBeLessThanOrEqual(2)
  })

  it('that came after others were read is found', async () => {
    await writeChunk(store, 'grows', rows(0, 10))
    const reader = openRowReader(store)
    expect((await reader.rowsOf(owner('grows'), 0, 20)).length).toBe(10)
    await writeChunk(store, 'grows', rows(10, 20))
    expect((await reader.rowsOf(owner('grows'), 0, 20)).length).toBe(20)
  })

  it('is not kept without end: what was read long ago is read again', async () => {
    const long = 'x'.repeat(9_000)
    for (let i = 0; i < 6; i += 1) await writeChunk(store, 'large', rows(i * 900, i * 900 + 900, long))
    const reader = openRowReader(store)
    const got = gets()
    for (let i = 0; i < 6; i += 1) await reader.chunkAt('large', i * 900)
    await reader.chunkAt('large', 5 * 900)
    expect(gets() - got).toBe(6)
    await reader.chunkAt('large', 0)
    expect(gets() - got).toBe(7)
  })
})

it('the bucket remembers the lots of a batch, and with how many rows it was closed first', async () => {
  await writeLots(store, 'b', [{ model: 'm', class: 'bulk' }])
  await writeLots(store, 'b', [{ model: 'm', class: 'bulk' }])
  expect(await store.head('receipts/batches/b/lots/m~bulk')).toMatchObject({ bytes: 0 })
  expect(await readClosed(store, 'b')).toBeUndefined()
  expect(await writeClosed(store, 'b', 7)).toBe(7)
  expect(await writeClosed(store, 'b', 8)).toBe(7)
  expect(await readClosed(store, 'b')).toBe(7)
  expect(rowsKey('b', 7)).toBe('receipts/batches/b/rows/000000007')
})
