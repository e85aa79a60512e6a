import { createHash } from 'node:crypto'
import { FileList } from '@restyle/shared/contract/batch-files'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
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
  hands = await openFilesWorld(redis, `{files${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('when a batch has ended', () => {
  it('its results and its report are stored beside its images, and its producer is told of keys that exist', async () => {
    await hands.batchOf(3)
    await hands.succeedWithImage()
    await hands.fail(1)
    expect(await hands.file()).toBe(0)
    await hands.cancel(2)
    expect(await hands.told()).toEqual([{ id: `${id}-completed`, files: { state: 'pending' } }])
    expect(await hands.file()).toBe(1)
    const files = await hands.filesOf()
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
    expect((await hands.told())[1]).toEqual({ id: `${id}-stored`, files })
    const list = FileList.parse(JSON.parse(hands.textOf('files.json')))
    for (const { key, bytes, sha256 } of [...Object.values(list.results).flat(), ...list.report]) {
      const object = hands.bucket.objects.get(key) ?? Buffer.alloc(0)
      expect([object.length, createHash('sha256').update(object).digest('hex')]).toEqual([bytes, sha256])
    }
    expect(await hands.file()).toBe(0)
    expect(await hands.told()).toHaveLength(2)
  })

  it('results and errors together hold every row once, in their order', async () => {
    await hands.batchOf(4)
    await hands.succeedWithImage()
    await hands.fail(1)
    await hands.cancel(2)
    await hands.fail(3)
    await redis.hset(hands.keys.edit(`${id}-3`), 'state', 'of a newer version')
    await hands.file()
    const rows = hands
      .textOf('results.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; key: string; state: string })
    expect(rows.map(({ key, state }) => [key, state])).toEqual([
      ['sofa 0', 'succeeded'],
      ['sofa 1', 'failed'],
      ['sofa 2', 'canceled'],
      ['sofa 3', 'unreadable'],
    ])
    const lines = hands.textOf('results.csv').trim().split('\r\n')
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
    await hands.succeedWithImage()
    await hands.fail(1)
    await hands.cancel(2)
    await hands.file()
    const report = hands.textOf('report.html')
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
    expect(await hands.file()).toBe(1)
    expect(hands.textOf('results.csv').trim().split('\r\n')).toHaveLength(1 + rows)
    expect(hands.textOf('results.jsonl').split('\n')).toHaveLength(1 + rows)
    expect(hands.textOf('report.html')).toContain('nothing was charged')
  })

  it('a batch with more rows than reports are made of has results alone', async () => {
    await hands.batchOf(3)
    for (const row of [0, 1, 2]) await hands.fail(row)
    await hands.file({ reportRows: 2 })
    expect(await hands.filesOf()).toMatchObject({ state: 'stored', pages: 0 })
    expect(hands.objects()).not.toContain(`${folder}report.html`)
  })
})
