import { createHash } from 'node:crypto'
import type { BatchView } from '@restyle/shared/contract/batch'
import { FileList } from '@restyle/shared/contract/batch-files'
import { digestOf } from '@restyle/shared/ids'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { writeRetry } from '@restyle/shared/rows/retries'
import { StoreError } from '@restyle/shared/store/store-error'
import { fileBatch } from '@restyle/worker/files/file-batch'
import { type DutyTools, fileEnded } from '@restyle/worker/files/files-duty'
import { writeTables } from '@restyle/worker/files/write-tables'
import { untimed } from '@restyle/worker/hand/pulse'
import { Redis } from 'ioredis'
import sharp from 'sharp'
import { Agent } from 'undici'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, failure } from '../ledger/ledger-world.ts'
import { type FoldWorld, id, openFoldWorld } from './fold-world.ts'

let server: RedisServer
let redis: Redis
let hands: FoldWorld
let dispatcher: Agent
let picture: Buffer
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
  // nothing answers there: the sources of these rows are on the web
  dispatcher = new Agent({
    connect: { lookup: (_host, _options, done) => done(new Error('no network'), '', 4) },
  })
  picture = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#c8613c' } })
    .png()
    .toBuffer()
})
beforeEach(() => {
  tests += 1
  hands = openFoldWorld(redis, `{files${tests}}`)
})
afterAll(async () => {
  await dispatcher.close()
  await redis.quit()
  await server.stop()
})

const folder = `acme/${id}/`

const tools = (more: Partial<DutyTools> = {}): DutyTools => ({
  ...hands.context,
  rows: openRowReader(hands.store),
  bucketOf: () => undefined,
  mayRead: () => false,
  dispatcher,
  keyTemplate: '{producer}/{batch}/{key}/{index}.{ext}',
  reportRows: 1_000,
  afterMs: 0,
  ...more,
})
const file = (more: Partial<DutyTools> = {}) => fileEnded(tools(more), untimed())

const filesOf = async () => (await hands.ledger.readBatch(id))?.files
const objects = () => [...hands.bucket.objects.keys()].filter((key) => key.startsWith(folder))
const textOf = (name: string) => String(hands.bucket.objects.get(`${folder}${name}`))
const told = async () => {
  const events = await hands.ledger.events('acme').page('0', 1_000)
  return events.flatMap(({ event }) =>
    event.type === 'restyle.batch.completed' || event.type === 'restyle.batch.stored'
      ? [{ id: event.id, files: (event.data as BatchView).files }]
      : [],
  )
}

/** A row that succeeds with an image in the bucket. */
async function succeed(): Promise<void> {
  const key = `${folder}picture-${hands.bucket.objects.size}.png`
  const sha256 = createHash('sha256').update(picture).digest('hex')
  await hands.store.putIfAbsent(key, picture, { contentType: 'image/png', sha256 })
  const stored = { key, sha256, bytes: picture.length, width: 800, height: 600, contentType: 'image/png' }
  await hands.succeed([{ index: 0, stored }])
}

describe('when a batch has ended', () => {
  it('its results and its report are stored beside its images, and its producer is told of keys that exist', async () => {
    await hands.batchOf(3)
    await succeed()
    await hands.fail(1)
    expect(await file()).toBe(0)
    await hands.cancel(2)
    expect(await told()).toEqual([{ id: `${id}-completed`, files: { state: 'pending' } }])
    expect(await file()).toBe(1)
    const files = await filesOf()
    expect(files).toEqual({
      state: 'stored',
      list: `${folder}files.json`,
      csv: `${folder}results.csv`,
      jsonl: `${folder}results.jsonl`,
      xlsx: `${folder}results.xlsx`,
      parts: 1,
      report: `${folder}report.html`,
      pages: 1,
    })
    expect((await told())[1]).toEqual({ id: `${id}-stored`, files })
    const list = FileList.parse(JSON.parse(textOf('files.json')))
    for (const { key, bytes, sha256 } of [...Object.values(list.results).flat(), ...list.report]) {
      const object = hands.bucket.objects.get(key) ?? Buffer.alloc(0)
      expect([object.length, createHash('sha256').update(object).digest('hex')]).toEqual([bytes, sha256])
    }
    expect(await file()).toBe(0)
    expect(await told()).toHaveLength(2)
  })

  it('results and errors together hold every row once, in their order', async () => {
    await hands.batchOf(4)
    await succeed()
    await hands.fail(1)
    await hands.cancel(2)
    await hands.fail(3)
    await redis.hset(hands.keys.edit(`${id}-3`), 'state', 'of a newer version')
    await file()
    const rows = textOf('results.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; key: string; state: string })
    expect(rows.map(({ key, state }) => [key, state])).toEqual([
      ['sofa 0', 'succeeded'],
      ['sofa 1', 'failed'],
      ['sofa 2', 'canceled'],
      ['sofa 3', 'unreadable'],
    ])
    const lines = textOf('results.csv').trim().split('\r\n')
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 2).join(' '))).toEqual([
      'sofa 0 succeeded',
      'sofa 1 failed',
      'sofa 2 canceled',
      'sofa 3 unreadable',
    ])
    expect(lines[1]).toContain(',https://example.com/a.png,')
  })

  it('the report shows what there is, and says what is not', async () => {
    await hands.batchOf(3)
    await succeed()
    await hands.fail(1)
    await hands.cancel(2)
    await file()
    const report = textOf('report.html')
    expect(report.match(/<img /g)).toHaveLength(1)
    expect(report).toContain('The source picture is at example.com')
    expect(report).toContain('1 done, 1 failed, 1 canceled')
    expect(report).not.toContain('https://')
  })

  it.each([
    ['of which all rows failed', 2, async () => Promise.all([hands.fail(0), hands.fail(1)])],
    [
      'that was canceled',
      2,
      async () => hands.ledger.cancelBatch(id).then(() => Promise.all([hands.cancel(0), hands.cancel(1)])),
    ],
    ['without a row', 0, async () => hands.ledger.closeBatch(id, 0)],
  ])('one %s has its files too', async (_, rows, end) => {
    if (rows > 0) await hands.batchOf(rows)
    else await hands.ledger.openBatch({ id, producer: 'acme', name: 'empty', bodyHash: 'h' })
    await end()
    expect(await file()).toBe(1)
    expect(textOf('results.csv').trim().split('\r\n')).toHaveLength(1 + rows)
    expect(textOf('results.jsonl').split('\n')).toHaveLength(1 + rows)
    expect(textOf('report.html')).toContain('nothing was charged')
  })

  it('a batch with more rows than reports are made of has results alone', async () => {
    await hands.batchOf(3)
    for (const row of [0, 1, 2]) await hands.fail(row)
    await file({ reportRows: 2 })
    expect(await filesOf()).toMatchObject({ state: 'stored', pages: 0 })
    expect(objects()).not.toContain(`${folder}report.html`)
  })
})

describe('files', () => {
  it.each(['tables', 'report', 'list'] as const)(
    'are the same although a worker died after the %s',
    async (at) => {
      await hands.batchOf(2)
      await succeed()
      await hands.fail(1)
      const die = async (step: string) => {
        if (step === at) throw new StoreError('put', Object.assign(new Error('died'), { code: 'ECONNRESET' }))
      }
      await expect(file({ step: die })).rejects.toThrow()
      expect(await told()).toHaveLength(1)
      const before = new Map(hands.bucket.objects)
      await redis.zadd(hands.keys.unfiled, 'XX', 1, `${id} 1`)
      expect(await file()).toBe(1)
      for (const [key, bytes] of before) expect(hands.bucket.objects.get(key)).toEqual(bytes)
      expect(objects().filter((key) => key.includes('~'))).toEqual([])
      expect(await told()).toHaveLength(2)
    },
  )

  it('are written anew when rows that were retried have ended, and the old ones stay', async () => {
    await hands.batchOf(2)
    await succeed()
    await hands.fail(1)
    await file()
    const map = await hands.ledger.readMap(id)
    await writeRetry(hands.store, id, 1, { v: 1, at: Date.now(), rows: 1, request: {}, map })
    await hands.ledger.retryBatch(id, 1)
    expect(await filesOf()).toBeUndefined()
    const request = { ...asked('x').request, prompt: 'again' }
    const take = {
      ...asked(`${id}-1-2`),
      batch: id,
      row: 1,
      key: 'sofa 1',
      take: 2,
      request,
      bodyHash: digestOf(request),
    }
    await hands.ledger.feed({
      model: request.model,
      class: 'standard',
      batch: id,
      from: 1,
      to: 2,
      edits: [take],
    })
    await succeed()
    expect(await file()).toBe(1)
    expect(await filesOf()).toMatchObject({
      csv: `${folder}results-take2.csv`,
      report: `${folder}report-take2.html`,
    })
    expect(textOf('results-take2.csv')).toContain('sofa 1,succeeded')
    expect(textOf('results.csv')).toContain('sofa 1,failed')
    expect((await told()).map((each) => each.id)).toEqual([
      `${id}-completed`,
      `${id}-stored`,
      `${id}-completed-2`,
      `${id}-stored-2`,
    ])
  })

  it('are told to nobody if rows are retried while they are written', async () => {
    await hands.batchOf(1)
    await hands.fail(0)
    const map = await hands.ledger.readMap(id)
    const step = async (each: string) => {
      if (each !== 'report') return
      await writeRetry(hands.store, id, 1, { v: 1, at: Date.now(), rows: 1, request: {}, map })
      await hands.ledger.retryBatch(id, 1)
    }
    expect(await fileBatch({ batch: id, number: 1 }, { ...tools(), step }, untimed())).toBe('stale')
    expect(await filesOf()).toBeUndefined()
    expect(objects()).not.toContain(`${folder}files.json`)
  })

  it('that a ledger has forgotten are found, and not written again', async () => {
    await hands.batchOf(2)
    await succeed()
    await hands.fail(1)
    await file()
    await redis.hdel(hands.keys.batch(id), 'files')
    await redis.zadd(hands.keys.unfiled, 1, `${id} 1`)
    const before = hands.bucket.objects.size
    expect(await file()).toBe(1)
    expect(hands.bucket.objects.size).toBe(before)
    expect(await filesOf()).toMatchObject({ state: 'stored', csv: `${folder}results.csv` })
  })

  it('get names of their own where others have theirs, which stay as they are', async () => {
    const other = Buffer.from('somebody else wrote this')
    const sha256 = createHash('sha256').update(other).digest('hex')
    for (const name of ['results.csv', 'files.json'])
      await hands.store.putIfAbsent(`${folder}${name}`, other, { contentType: 'text/csv', sha256 })
    await hands.batchOf(1)
    await hands.fail(0)
    expect(await file()).toBe(1)
    expect(textOf('results.csv')).toBe(String(other))
    const files = await filesOf()
    if (files?.state !== 'stored') throw new Error('not stored')
    expect(files.csv).toMatch(/results~[0-9a-f]{12}\.csv$/)
    expect(files.list).toMatch(/files~[0-9a-f]{12}\.json$/)
    expect(String(hands.bucket.objects.get(files.csv))).toContain('sofa 0,failed')
  })

  it('of one batch that cannot be written keep no other waiting, and a person is called', async () => {
    await hands.batchOf(1)
    await hands.fail(0)
    await hands.ledger.openBatch({ id: 'batch_2', producer: 'acme', name: '', bodyHash: 'h', total: 0 })
    await hands.ledger.closeBatch('batch_2', 0)
    await hands.ledger.openBatch({ id: 'batch_3', producer: 'acme', name: '', bodyHash: 'h' })
    await hands.ledger.closeBatch('batch_3', 0)
    const store = {
      ...hands.store,
      putIfAbsent: (async (key, ...rest) => {
        if (key.startsWith(folder)) throw new RangeError('poison')
        return hands.store.putIfAbsent(key, ...rest)
      }) as typeof hands.store.putIfAbsent,
    }
    expect(await file({ store })).toBe(1)
    expect(hands.errors()).toEqual(['results and report of a batch cannot be stored'])
    expect(await hands.ledger.readBatch('batch_3')).toMatchObject({ files: { state: 'stored' } })
    expect(await filesOf()).toEqual({ state: 'pending' })
    expect(await file()).toBe(0)
  })

  it('of a large batch are cut into parts with every row once, and hold no more than a part at a time', async () => {
    let most = 0
    let held = 0
    async function* rows() {
      for (let row = 0; row < 2_500; row += 1) {
        held += 1
        most = Math.max(most, held)
        yield {
          id: `${id}-${row}`,
          row,
          key: `k${row}`,
          state: 'failed',
          prompt: 'p',
          images: [],
          cost: { currency: 'CNY', micros: 0 },
          sources: [],
          columns: { n: String(row) },
        }
      }
    }
    const store = {
      putIfAbsent: (async (...put) => {
        held = 0
        return hands.store.putIfAbsent(...put)
      }) as typeof hands.store.putIfAbsent,
    }
    const limits = { rows: 1_000, bytes: 1e9 }
    const { csv, jsonl, xlsx } = await writeTables(rows(), ['n'], { folder, number: 1 }, { store, limits })
    expect(csv.map(({ name }) => name)).toEqual(['results.csv', 'results-0002.csv', 'results-0003.csv'])
    expect([jsonl.length, xlsx.length]).toEqual([3, 3])
    expect(most).toBeLessThanOrEqual(1_001)
    const keys = csv.flatMap(({ key }) =>
      String(hands.bucket.objects.get(key))
        .trim()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(',')[0]),
    )
    expect(keys).toEqual(Array.from({ length: 2_500 }, (_, row) => `k${row}`))
    for (const { key } of csv) expect(String(hands.bucket.objects.get(key))).toMatch(/^\uFEFFkey,.*,n\r\n/)
  })
})
