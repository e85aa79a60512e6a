import { openLedger } from '@restyle/shared/ledger/ledger'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { changeTo, failure, lane } from './ledger-world.ts'
import { cny, type MoneyWorld, one, openMoneyWorld } from './money-world.ts'

const { model } = lane

let server: RedisServer
let redis: Redis
let tests = 0
let world: MoneyWorld

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openMoneyWorld(redis, `{caps${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const reservedToday = async () =>
  Number((await redis.hget(world.keys.usage('acme', await world.today()), 'reserved')) ?? 0)

describe('a cap', () => {
  it.each(['batch', 'total', 'day'] as const)(
    'of a %s at 10.00 lets exactly ten edits of 1.00 go',
    async (kind) => {
      if (kind === 'batch') await world.openBatch('b', 20, cny(10 * one))
      else {
        await world.capAt([{ ...cny(10 * one), per: kind }])
        await world.enqueue(20)
      }
      const three = [0, 1, 2].map(() => new Redis(server.url))
      const ledgers = three.map((each) => openLedger(each, world.prefix))
      const counts = await Promise.all(
        ledgers.map(async (ledger) => {
          let own = 0
          for (let asks = 0; asks < 20; asks += 1)
            if ((await world.admit({}, ledger)).kind === 'admitted') own += 1
          return own
        }),
      )
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10)
      expect(Number((await world.ledger.spendOf('acme'))['reserved'])).toBe(10 * one)
      await Promise.all(three.map((each) => each.quit()))
    },
  )

  it('that the next edit does not fit under by one micro stops', async () => {
    await world.openBatch('b', 2, cny(2 * one - 1))
    expect([await world.next(), await world.next()]).toEqual(['b-0', 'empty'])
    const { stops, budget } = await world.viewed('b')
    expect(budget).toEqual({ ...cny(2 * one - 1), freeMicros: one - 1 })
    expect(stops).toEqual([
      {
        reason: 'budget',
        at: expect.any(String),
        detail:
          'The budget of the batch is CNY 1.999999. CNY 0.00 was billed and CNY 1.00 is reserved, so that the next edit for CNY 1.00 does not fit. To go on, raise the budget.',
      },
    ])
    expect(await world.told()).toEqual(['batch.paused budget'])
  })

  it('that refuses leaves everything else as it was: nothing is reserved, nobody lost a turn', async () => {
    await world.openBatch('b', 3, cny(50 * one))
    await world.capAt([
      { ...cny(one), per: 'day' },
      { ...cny(50 * one), per: 'total' },
    ])
    expect(await world.next()).toBe('b-0')
    const [before, tag] = [await world.viewed('b'), await redis.hget(world.keys.tags(model), 'acme')]
    expect(await world.next()).toBe('empty')
    expect((await world.viewed('b')).cost).toEqual(before.cost)
    expect((await world.ledger.spendOf('acme'))['reserved']).toBe(one)
    expect(await reservedToday()).toBe(one)
    expect(await redis.hget(world.keys.tags(model), 'acme')).toBe(tag)
    expect((await world.ledger.stopsOfProducer('acme')).map(({ reason }) => reason)).toEqual(['day'])
    expect((await world.viewed('b')).stops).toBeUndefined()
  })

  it('of a batch stops no other batch of its producer', async () => {
    await world.openBatch('b', 2, cny(one))
    await world.openBatch('c', 2)
    const went = [await world.next(), await world.next(), await world.next(), await world.next()]
    expect(went.toSorted()).toEqual(['b-0', 'c-0', 'c-1', 'empty'])
  })

  it('counts what is billed, not what was thought of', async () => {
    await world.openBatch('b', 3, cny(2 * one))
    const first = await world.nextEdit()
    const running = await world.moved(first, changeTo('running', first.id))
    // a bill above what was reserved counts as it is, and the next is refused
    await world.moved(running, { to: 'rendered', expiresAt: 9, billedMicros: 1_200_000 })
    expect(await world.next()).toBe('empty')
    expect(await world.viewed('b')).toMatchObject({
      cost: { micros: 1_200_000, reservedMicros: 0 },
      budget: { freeMicros: 800_000 },
    })
  })

  it('fails nothing: what it stopped is queued, and is no alarm of the backlog', async () => {
    await world.openBatch('b', 3, cny(one))
    await world.many(5)
    await world.settle()
    expect(await world.viewed('b')).toMatchObject({ counts: { queued: 2, submitting: 1, failed: 0 } })
    expect(await world.ledger.mayGo(model)).toBe(false)
  })

  it('costs an admission no command where there is none', async () => {
    await world.enqueue(3)
    await world.next()
    const plain = await commandsOf(world.next)
    await world.capAt([{ ...cny(10 * one), per: 'total' }])
    await world.next()
    expect((await commandsOf(world.next)) - plain).toBeLessThanOrEqual(1)
  })
})

/** Commands that Redis runs for it, those of scripts included; not the questions themselves. */
async function commandsOf(work: () => Promise<unknown>): Promise<number> {
  const calls = async () =>
    [...(await redis.info('commandstats')).matchAll(/^cmdstat_(?!info)\S+?:calls=(\d+)/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    )
  const before = await calls()
  await work()
  return (await calls()) - before
}

describe('what a cap has stopped', () => {
  it('goes on when the budget is raised, and not when it is raised by too little', async () => {
    await world.openBatch('b', 3, cny(one))
    await world.many(5)
    expect((await world.ledger.setBudget('b', cny(2 * one - 1), 1)).kind).toBe('set')
    expect([await world.next(), await world.told()]).toEqual(['empty', ['batch.paused budget']])
    expect((await world.ledger.setBudget('b', cny(2 * one), 2)).kind).toBe('done')
    await world.settle()
    expect([await world.next(), await world.next()]).toEqual(['b-1', 'empty'])
    // an older decision that comes late changes nothing
    expect((await world.ledger.setBudget('b', cny(9 * one), 2)).kind).toBe('known')
    expect((await world.ledger.setBudget('b', undefined, 3)).kind).toBe('done')
    await world.settle()
    expect([await world.next(), await world.viewed('b').then(({ budget }) => budget)]).toEqual([
      'b-2',
      undefined,
    ])
    expect(await world.told()).toEqual([
      'batch.paused budget',
      'batch.resumed budget',
      'batch.paused budget',
      'batch.resumed budget',
    ])
  })

  it('stays paused by a person when its budget is raised', async () => {
    await world.openBatch('b', 2, cny(one))
    await world.many(5)
    await world.ledger.pauseBatch('b', true)
    await world.ledger.setBudget('b', cny(9 * one), 1)
    await world.settle()
    expect(await world.next()).toBe('empty')
    expect((await world.viewed('b')).stops?.map(({ reason }) => reason)).toEqual(['person'])
  })

  it.each(['total', 'day'] as const)(
    'goes on when the cap of the producer (%s) is raised or ended',
    async (per) => {
      await world.enqueue(4)
      await world.capAt([{ ...cny(one), per }])
      expect(await world.many(9)).toBe(1)
      await world.capAt([{ ...cny(3 * one), per }])
      expect(await world.many(9)).toBe(2)
      await world.capAt([])
      expect(await world.many(9)).toBe(1)
    },
  )

  it.each(['batch', 'total', 'day'] as const)('goes on when enough is released (%s)', async (kind) => {
    if (kind === 'batch') await world.openBatch('b', 3, cny(one))
    else {
      await world.enqueue(3)
      await world.capAt([{ ...cny(one), per: kind }])
    }
    const first = await world.nextEdit()
    expect(await world.next()).toBe('empty')
    // a doubt is no release
    const unsure = await world.moved(first, changeTo('uncertain'))
    expect(await world.next()).toBe('empty')
    await world.moved(unsure, { to: 'failed', set: { failure } })
    await world.settle()
    const second = await world.nextEdit()
    expect(await world.next()).toBe('empty')
    const running = await world.moved(second, changeTo('running', second.id))
    await world.moved(running, { to: 'rendered', expiresAt: 9, billedMicros: one })
    await world.settle()
    expect(await world.next()).toBe('empty')
  })
})
