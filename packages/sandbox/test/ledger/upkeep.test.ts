import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { until } from '../stories/story.ts'
import { type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

let server: RedisServer
let redis: Redis
let world: LedgerWorld
let tests = 0

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openLedgerWorld(redis, `{upkeep${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('the ledger', () => {
  it('gives a turn to one of many, and another when its time is over', async () => {
    const { ledger, keys } = world
    const turns = await Promise.all(Array.from({ length: 5 }, () => ledger.turn('sweep', 60_000)))
    expect(turns.filter(Boolean)).toHaveLength(1)
    expect(await ledger.turn('audit', 60_000)).toBe(true)
    expect(await redis.pttl(keys.turn('sweep'))).toBeGreaterThan(50_000)
    await redis.pexpire(keys.turn('sweep'), 1)
    await until(() => ledger.turn('sweep', 60_000))
  })

  it('knows which rendered edits have an address that dies soon', async () => {
    const { ledger, standing, moved } = world
    expect(await ledger.dying(60_000)).toBeUndefined()
    const now = await ledger.now()
    for (const [id, seconds] of Object.entries({ late: 600, soon: 30, next: 10 })) {
      const rendered = { to: 'rendered', expiresAt: now + seconds * 1000 } as const
      await moved(await standing(id, 'running'), rendered)
    }
    const dying = await ledger.dying(60_000)
    expect(dying).toMatchObject({ edits: 2, editId: 'next' })
    expect(dying?.leftMs).toBeLessThanOrEqual(10_000)
    expect(dying?.leftMs).toBeGreaterThan(0)
  })

  it('knows when the first address of a batch dies, where that is among the next thousand', async () => {
    const { ledger, keys } = world
    const others = Array.from({ length: 998 }, (_, i) => [i, `batch_other-${i}`]).flat()
    await redis.zadd(
      keys.rendered,
      ...others,
      2_000,
      'batch_one-7',
      3_000,
      'batch_one-1',
      1_500,
      'batch_ones-1',
    )
    expect(await ledger.firstExpiry('batch_one')).toBe(2_000)
    expect(await ledger.firstExpiry('batch_two')).toBeUndefined()
    await redis.zadd(keys.rendered, 1_600, 'edit_single')
    expect(await ledger.firstExpiry('batch_one')).toBeUndefined()
    await redis.zrem(keys.rendered, 'edit_single')
    // of a row that was retried
    await redis.zadd(keys.rendered, 1_999, 'batch_one-9-2')
    expect(await ledger.firstExpiry('batch_one')).toBe(1_999)
  })

  it('forgets old events of every producer', async () => {
    const { ledger, keys, standing } = world
    for (const producer of ['acme', 'other']) {
      await redis.sadd(keys.producers, producer)
      await standing(`of-${producer}`, 'canceled', { producer })
    }
    await ledger.trimEvents(Date.now() - 60_000)
    expect(await ledger.events('other').page('0', 10)).toHaveLength(1)
    await ledger.trimEvents(Date.now() + 60_000)
    for (const producer of ['acme', 'other']) expect(await ledger.events(producer).page('0', 10)).toEqual([])
  })

  it('forgets old events when Redis is full, and says so to their readers', async () => {
    const { ledger, keys, standing } = world
    await redis.sadd(keys.producers, 'acme')
    await standing('one-more', 'canceled', { producer: 'acme' })
    const place = await ledger.events('acme').end()
    await redis.config('SET', 'maxmemory', '1')
    try {
      await ledger.trimEvents(Date.now() + 60_000)
      expect(await ledger.events('acme').read('0-1', 10)).toMatchObject({
        gap: { upTo: place },
        delivered: [],
      })
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
  })

  it('says whether Redis takes writes', async () => {
    const { ledger } = world
    await ledger.takesWrites()
    await redis.config('SET', 'maxmemory', '1')
    try {
      await expect(ledger.takesWrites()).rejects.toThrow('OOM')
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
  })

  it('calls back when its connection is there again', async () => {
    const back = Promise.withResolvers<void>()
    world.ledger.onReconnect(back.resolve)
    redis.disconnect(true)
    expect(await back.promise).toBeUndefined()
  })
})
