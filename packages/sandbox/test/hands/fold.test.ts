import { gunzipSync } from 'node:zlib'
import { type EditView, viewOf } from '@restyle/shared/contract/edit'
import { resultsKey, resultsPrefix } from '@restyle/shared/object-key'
import { readEdit } from '@restyle/shared/rows/read-edits'
import { readResults } from '@restyle/shared/rows/write-results'
import type { Store } from '@restyle/shared/store/store'
import { foldDuty } from '@restyle/worker/fold/fold-ended'
import { untimed } from '@restyle/worker/hand/pulse'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { failure } from '../ledger/ledger-world.ts'
import { everyRow, type FoldWorld, id, openFoldWorld, rowOf, storedImage } from './fold-world.ts'

let server: RedisServer
let redis: Redis
let hands: FoldWorld
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openFoldWorld(redis, `{fold${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('an edit that was folded', () => {
  it('is read byte for byte as before, whatever its end was', async () => {
    await hands.batchOf(5)
    await hands.succeed([storedImage(0), storedImage(1)])
    await hands.succeed([
      storedImage(0),
      { index: 1, failure: { code: 'ImageExpired', message: 'too late' } },
    ])
    // its cancel came too late
    await hands.rewrite(`${id}-2`, { cancelAsked: 1_800_000_000_000 })
    await hands.fail(2)
    await hands.cancel(3)
    const paid = { images: [{ index: 0, failure }], failure, billed: 200_000, taskId: 't' }
    await hands.rewrite(`${id}-4`, paid)
    await hands.fail(4)
    const [before, batch] = [await hands.page(0, 5), await hands.ledger.readBatch(id)]
    expect(await hands.fold()).toBe(5)
    expect(await hands.inRedis(5)).toBe(0)
    expect(await hands.page(0, 5)).toBe(before)
    expect(await hands.ledger.readBatch(id)).toEqual(batch)
    const [first] = JSON.parse(before) as EditView[]
    const alone = await readEdit(`${id}-0`, hands.reading())
    expect(alone && viewOf(alone)).toEqual(first)
    const written = gunzipSync(hands.bucket.objects.get(resultsKey(id, 0)) ?? '').toString()
    expect(written).toContain('k/0.png')
    expect(written).not.toContain('Signature')
  })

  it('keeps what another take and a look back need', async () => {
    await hands.batchOf(1)
    const ended = await hands.succeed([storedImage(0)])
    await hands.fold()
    const { request, bodyHash, traceparent, taskId, attempt, tries, lane: where, version } = ended
    const again = await readEdit(ended.id, hands.reading())
    expect(again).toMatchObject({ request, bodyHash, taskId, attempt, tries, lane: where, version })
    expect(again?.traceparent).toBe(traceparent)
  })

  it('costs a page one read for each chunk', async () => {
    await hands.batchOf(900, [0, 300, 600])
    await everyRow(900, hands.cancel)
    await hands.fold()
    const got: string[] = []
    const get = async (key: string) => {
      got.push(key)
      return hands.store.get(key)
    }
    await hands.page(250, 650, { ...hands.store, get })
    expect(got).toEqual([0, 300, 600].map((first) => resultsKey(id, first)))
  })

  it('that cannot be read any more is named, and hides no other', async () => {
    await hands.batchOf(2, [0, 1])
    await Promise.all([hands.cancel(0), hands.cancel(1)])
    await hands.fold()
    const get = async (key: string) =>
      key === resultsKey(id, 0) ? Buffer.from('torn') : hands.store.get(key)
    const records = JSON.parse(await hands.page(0, 1, { ...hands.store, get })) as { kind: string }[]
    expect(records).toMatchObject([{ kind: 'unreadable' }])
    expect(await hands.page(1, 2, { ...hands.store, get })).toContain(`${id}-1`)
  })
})

describe('a chunk', () => {
  it('is folded when all of its rows have ended, and not before', async () => {
    await hands.batchOf(5, [0, 2])
    for (const row of [0, 1, 2, 3]) await hands.cancel(row)
    expect(await hands.fold()).toBe(2)
    expect(await hands.inRedis(5)).toBe(3)
    // and is not looked at without end, but some time
    expect(await hands.ledger.nextToFold(0)).toBeUndefined()
    expect(await redis.zcard(hands.keys.fold)).toBe(1)
    await hands.fail(4)
    expect(await hands.fold()).toBe(3)
    expect(await redis.exists(hands.keys.fold)).toBe(0)
    const results = await Promise.all([0, 2].map((first) => readResults(hands.store, id, first)))
    expect(results.map((each) => each?.bytes)).toEqual(['xx', 'xx-'])
  })

  it('is kept for as long as it was asked, and for a minute where redis nears its limit', async () => {
    await hands.batchOf(1)
    await hands.cancel(0)
    const keptMs = 3600_000
    expect(await hands.fold({ keptMs })).toBe(0)
    const full = { ...hands.ledger, memory: async () => ({ used: 81, most: 100 }) }
    expect(await hands.fold({ keptMs, ledger: full })).toBe(0)
    await redis.zincrby(hands.keys.fold, -60_001, `${id} 0`)
    await redis.hincrby(hands.keys.edit(`${id}-0`), 'updatedAt', -60_001)
    const roomy = { ...hands.ledger, memory: async () => ({ used: 79, most: 100 }) }
    expect(await hands.fold({ keptMs, ledger: roomy })).toBe(0)
    expect(await hands.fold({ keptMs, ledger: full })).toBe(1)
  })

  it('over two thousands of rows is folded once, with whichever of them ended last', async () => {
    await hands.batchOf(1_700, [0, 900])
    await everyRow(1_700, async (row) => row === 950 || hands.cancel(row))
    expect(await hands.fold()).toBe(900)
    await hands.cancel(950)
    expect(await hands.fold()).toBe(800)
    expect(await hands.inRedis(1_700)).toBe(0)
    expect([...hands.bucket.objects.keys()].filter((key) => key.startsWith(resultsPrefix(id)))).toHaveLength(
      2,
    )
  })

  it('over two thousands of rows waits for the end that is newest', async () => {
    await hands.batchOf(1_700, [0, 900])
    const keptMs = 60_000
    const ended = await everyRow(1_700, hands.cancel)
    for (const { id: each, row } of ended.slice(0, -1))
      if (row !== 1_699) await redis.hset(hands.keys.edit(each), 'updatedAt', '7')
    await hands.dueAgain()
    expect(await hands.fold({ keptMs })).toBe(900)
    await redis.hset(hands.keys.edit(`${id}-1699`), 'updatedAt', '7')
    await redis.zadd(hands.keys.fold, 7, `${id} 1000`)
    expect(await hands.fold({ keptMs })).toBe(800)
  })

  it('before one that is gone is folded to its own end, and what was in that one is left to expire', async () => {
    await hands.batchOf(1_003, [0, 1_001])
    const chunks = [...hands.bucket.objects.keys()].filter((key) => key.includes('/rows/'))
    expect(chunks).toHaveLength(2)
    await everyRow(1_003, hands.cancel)
    expect(await hands.fold()).toBe(1_002)
    expect((await readResults(hands.store, id, 0))?.bytes).toHaveLength(1_000)
    expect(await hands.inRedis(1_003)).toBe(1)
  })

  it('with rows that ended while they rested has a line for each that was an edit', async () => {
    await hands.batchOf(3)
    await hands.cancel(0)
    await hands.cancel(2)
    await redis.setrange(hands.keys.batchMap(id), 1, 'x')
    await redis.del(hands.keys.edit(`${id}-1`))
    expect(await hands.fold()).toBe(2)
    const results = await readResults(hands.store, id, 0)
    expect(results?.bytes).toBe('xxx')
    expect([...(results?.lines.keys() ?? [])]).toEqual([0, 2])
  })

  it('of which no chunk tells, as an older version took them, is left to expire', async () => {
    await hands.ledger.openBatch({ id, producer: 'acme', name: '', total: 1, bodyHash: 'h' })
    await hands.ledger.accept([rowOf(0)])
    await hands.cancel(0)
    expect(await hands.fold()).toBe(0)
    expect(await hands.inRedis(1)).toBe(1)
    expect(await redis.exists(hands.keys.fold)).toBe(0)
  })

  it('comes with others in turns of bounded work', async () => {
    await hands.batchOf(1)
    await hands.cancel(0)
    const names = Array.from({ length: 200 }, (_, i) => [1, `gone${i} 0`]).flat()
    await redis.zadd(hands.keys.fold, ...names)
    await hands.fold()
    expect(await redis.zcard(hands.keys.fold)).toBe(101)
  })
})

describe('the duty', () => {
  it('says once that the bucket is away, asks less and less often, and goes on when it is back', async () => {
    await hands.batchOf(1)
    await hands.cancel(0)
    let [now, asked, away] = [0, 0, true]
    const putIfAbsent: Store['putIfAbsent'] = async (...args) => {
      asked += 1
      if (away) throw Object.assign(new Error('away'), { code: 'SlowDown' })
      return hands.store.putIfAbsent(...args)
    }
    const duty = foldDuty(hands.tools({ store: { ...hands.store, putIfAbsent } }), () => now)
    for (let second = 0; second < 600; second += 5) {
      now = second * 1000
      await hands.dueAgain()
      await duty(untimed())
    }
    expect(asked).toBeLessThan(15)
    expect(asked).toBeGreaterThan(2)
    expect(hands.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    away = false
    now += 600_000
    await hands.dueAgain()
    await duty(untimed())
    expect(await hands.inRedis(1)).toBe(0)
  })
})
