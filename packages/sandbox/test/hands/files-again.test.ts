import { createHash } from 'node:crypto'
import { digestOf } from '@restyle/shared/ids'
import { writeRetry } from '@restyle/shared/rows/retries'
import { StoreError } from '@restyle/shared/store/store-error'
import { fileBatch } from '@restyle/worker/files/file-batch'
import { writeTables } from '@restyle/worker/files/write-tables'
import { untimed } from '@restyle/worker/hand/pulse'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked } from '../ledger/ledger-world.ts'
import { type FilesWorld, folder, openFilesWorld } from './files-world.ts'
import { id } from './fold-world.ts'

let server: RedisServer
let redis: Redis
let hands: FilesWorld
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(async () => {
  tests += 1
  hands = await openFilesWorld(redis, `{again${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('files', () => {
  it.each(['tables', 'report', 'list'] as const)(
    'are the same although a worker died after the %s',
    async (at) => {
      await hands.batchOf(2)
      await hands.succeedWithImage()
      await hands.fail(1)
      const die = async (step: string) => {
        if (step === at) throw new StoreError('put', Object.assign(new Error('died'), { code: 'ECONNRESET' }))
      }
      await expect(hands.file({ step: die })).rejects.toThrow('put: ECONNRESET')
      expect(await hands.told()).toHaveLength(1)
      const before = new Map(hands.bucket.objects)
      await redis.zadd(hands.keys.unfiled, 'XX', 1, `${id} 1`)
      expect(await hands.file()).toBe(1)
      for (const [key, bytes] of before) expect(hands.bucket.objects.get(key)).toEqual(bytes)
      expect(hands.objects().filter((key) => key.includes('~'))).toEqual([])
      expect(await hands.told()).toHaveLength(2)
    },
  )

  it('are written anew when rows that were retried have ended, and the old ones stay', async () => {
    await hands.batchOf(2)
    await hands.succeedWithImage()
    await hands.fail(1)
    await hands.file()
    const map = await hands.ledger.readMap(id)
    await writeRetry(hands.store, id, 1, { v: 1, at: Date.now(), rows: 1, request: {}, map })
    await hands.ledger.retryBatch(id, 1)
    expect(await hands.filesOf()).toBeUndefined()
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
    await hands.succeedWithImage()
    expect(await hands.file()).toBe(1)
    expect(await hands.filesOf()).toMatchObject({
      csv: `${folder}results-take2.csv`,
      report: `${folder}report-take2.html`,
    })
    expect(hands.textOf('results-take2.csv')).toContain('sofa 1,succeeded')
    expect(hands.textOf('results.csv')).toContain('sofa 1,failed')
    expect((await hands.told()).map((each) => each.id)).toEqual([
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
    expect(await fileBatch({ batch: id, number: 1 }, { ...hands.tools(), step }, untimed())).toBe('stale')
    expect(await hands.filesOf()).toBeUndefined()
    expect(hands.objects()).not.toContain(`${folder}files.json`)
  })

  it('are told once, although they are written once more', async () => {
    await hands.batchOf(1)
    await hands.fail(0)
    await hands.file()
    await redis.zadd(hands.keys.unfiled, 1, `${id} 1`)
    expect(await hands.file()).toBe(0)
    expect((await hands.told()).map((each) => each.id)).toEqual([`${id}-completed`, `${id}-stored`])
  })

  it('that a ledger has forgotten are found, and not written again', async () => {
    await hands.batchOf(2)
    await hands.succeedWithImage()
    await hands.fail(1)
    await hands.file()
    await redis.hdel(hands.keys.batch(id), 'files')
    await redis.zadd(hands.keys.unfiled, 1, `${id} 1`)
    const before = hands.bucket.objects.size
    expect(await hands.file()).toBe(1)
    expect(hands.bucket.objects.size).toBe(before)
    expect(await hands.filesOf()).toMatchObject({ state: 'stored', csv: `${folder}results.csv` })
  })

  it('get names of their own where others have theirs, which stay as they are', async () => {
    const empty = { csv: [], jsonl: [], xlsx: [] }
    const list = { v: 1, batch: id, outcome: 'of another end', results: empty, report: [] }
    const other = 'somebody else wrote this'
    for (const [name, text] of [
      ['results.csv', other],
      ['files.json', JSON.stringify(list)],
    ] as const) {
      const sha256 = createHash('sha256').update(text).digest('hex')
      await hands.store.putIfAbsent(`${folder}${name}`, Buffer.from(text), {
        contentType: 'text/csv',
        sha256,
      })
    }
    await hands.batchOf(1)
    await hands.fail(0)
    expect(await hands.file()).toBe(1)
    expect(hands.textOf('results.csv')).toBe(other)
    const files = await hands.filesOf()
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
    expect(await hands.file({ store })).toBe(1)
    expect(hands.errors()).toEqual(['results and report of a batch cannot be stored'])
    expect(await hands.ledger.readBatch('batch_3')).toMatchObject({ files: { state: 'stored' } })
    expect(await hands.filesOf()).toEqual({ state: 'pending' })
    expect(await hands.file()).toBe(0)
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
