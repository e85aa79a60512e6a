import { type LaneFigures, mergeFigures } from '@restyle/shared/ledger/lane-figures'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { changeTo, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

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
  world = openLedgerWorld(redis, `{service${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const figures = (queries: number): LaneFigures => ({
  forMs: 60_000,
  queries,
  queryPerSecond: 20,
  throttled: { submits: 0, queries: 0 },
  lags: [],
  copiesBehind: 100,
})
const says = (worker: string, queries: number, how: 'asks' | 'bucket' = 'asks') =>
  world.ledger.lanes.serve('one', how, { worker, figures: figures(queries) })
const seen = async () => {
  const { ledger } = world
  const now = await ledger.now()
  return mergeFigures(await ledger.lanes.figuresOf('one', now), now)
}
/** As a worker left it that said nothing more for so long. */
const age = async (worker: string, ms: number) => {
  const name = world.keys.laneFigures('one')
  const [at = '', ...rest] = (await redis.hget(name, worker))?.split(' ') ?? []
  await redis.hset(name, worker, [Number(at) - ms, ...rest].join(' '))
}

describe('what workers say of a lane', () => {
  it('is added up, and what one says again takes the place of what it said before', async () => {
    expect(await seen()).toBeUndefined()
    await says('a', 60)
    await says('b', 120)
    await says('a', 180, 'bucket')
    expect(await seen()).toMatchObject({ workers: 2, queriesPerSecond: 5 })
    expect(await world.ledger.lanes.servedBy('one')).toBe('bucket')
    // another lane has said nothing
    expect(await world.ledger.lanes.figuresOf('two', await world.ledger.now())).toEqual([])
  })

  it('is not counted any more when the worker is gone, and is dropped by the next one that speaks', async () => {
    const name = world.keys.laneFigures('one')
    for (const worker of ['a', 'b', 'c']) await says(worker, 60)
    await age('a', 19_000)
    await age('b', 21_000)
    expect(await seen()).toMatchObject({ workers: 2 })
    await says('c', 60)
    expect((await redis.hkeys(name)).toSorted()).toEqual(['a', 'c'])
    expect(await redis.pttl(name)).toBeGreaterThan(15_000)
    expect(await redis.pttl(name)).toBeLessThanOrEqual(20_000)
  })

  it('hides nothing of the others where a newer version says it in another way', async () => {
    await says('a', 60)
    await redis.hset(world.keys.laneFigures('one'), 'newer', `${Date.now()} {"tempo":1}`, 'odd', 'x')
    expect(await seen()).toMatchObject({ workers: 1 })
  })

  it('costs one call, and is said when Redis is full', async () => {
    await says('a', 60)
    await redis.config('RESETSTAT')
    await says('a', 60)
    expect(await redis.info('commandstats')).toMatch(/^cmdstat_evalsha:calls=1,/m)
    await redis.config('SET', 'maxmemory', '1')
    try {
      await says('a', 120)
      expect(await seen()).toMatchObject({ queriesPerSecond: 2 })
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
  })
})

describe('what holds a lane', () => {
  const holds = () => world.ledger.lanes.holdsOf('one', 'cn')

  it('is the quiet that the vendor asked for, of submits and of queries', async () => {
    expect(await holds()).toEqual({ submitAt: 0, queryAt: 0, rendered: 0, inDoubt: false })
    const { ledger } = world
    await ledger.lanes.delayTokens('submit:one', 9_000)
    await ledger.lanes.delayTokens('query:cn', 4_000)
    const now = await ledger.now()
    const { submitAt, queryAt } = await holds()
    expect(submitAt - now).toBeGreaterThan(8_000)
    // the clock of the answer is cut to a millisecond
    expect(submitAt - now).toBeLessThanOrEqual(9_001)
    expect(queryAt - now).toBeGreaterThan(3_000)
    expect(queryAt - now).toBeLessThanOrEqual(4_001)
  })

  it('is a submit in doubt, and not one that is under way', async () => {
    const { admitted, queued, moved } = world
    const submitting = await admitted(await queued('e'))
    expect(await holds()).toMatchObject({ inDoubt: false })
    await moved(submitting, changeTo('uncertain'))
    expect(await holds()).toMatchObject({ inDoubt: true })
  })

  it('is how many images wait for their copies', async () => {
    await world.standing('e', 'rendered')
    expect(await holds()).toMatchObject({ rendered: 1 })
  })
})
