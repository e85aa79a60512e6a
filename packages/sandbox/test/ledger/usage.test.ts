import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { withTime } from '../model/clocked-redis.ts'
import { changeTo, failure } from './ledger-world.ts'
import { cny, type MoneyWorld, one, openMoneyWorld } from './money-world.ts'

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
  world = openMoneyWorld(redis, `{usage${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const reservedToday = async () =>
  Number((await redis.hget(world.keys.usage('acme', await world.today()), 'reserved')) ?? 0)

describe('money of one edit', () => {
  it('is released once, by whichever of three pollers is first', async () => {
    await world.openBatch('b', 1, cny(5 * one))
    const edit = await world.moved(await world.nextEdit(), changeTo('running'))
    const moved = await Promise.all(
      [1, 2, 3].map(() => world.ledger.move(edit, { to: 'failed', set: { failure } })),
    )
    expect(moved.map(({ kind }) => kind).toSorted()).toEqual(['lost', 'lost', 'moved'])
    expect((await world.viewed('b')).budget?.freeMicros).toBe(5 * one)
    expect(await world.ledger.spendOf('acme')).toMatchObject({ reserved: 0 })
    expect(await reservedToday()).toBe(0)
  })

  it('is free, reserved or billed at each step, and never two of these', async () => {
    const cap = 10 * one
    await world.openBatch('b', 4, cny(cap))
    let taken = 0
    const nextEdit = async () => {
      taken += one
      return world.nextEdit()
    }
    const whole = async () => {
      const { cost, budget } = await world.viewed('b')
      const sums = await world.ledger.spendOf('acme')
      const { entries, reserved, billed } = await world.ledger.usageOf('acme', await world.today())
      const billedToday = entries.reduce((sum, { micros }) => sum + micros, 0)
      expect([sums['reserved'] ?? 0, sums['billed'] ?? 0]).toEqual([cost.reservedMicros, cost.micros])
      expect([reserved.CNY ?? 0, billedToday]).toEqual([cost.reservedMicros, cost.micros])
      expect(billed.CNY ?? 0).toBe(billedToday)
      // whatever was ever reserved is still so, was billed, or came back
      const released = entries.reduce((sum, { releasedMicros }) => sum + releasedMicros, 0)
      expect(cost.reservedMicros + cost.micros + released).toBe(taken)
      expect((budget?.freeMicros ?? NaN) + cost.reservedMicros + cost.micros).toBe(cap)
    }
    const a = await nextEdit()
    await whole()
    const b = await world.moved(a, changeTo('running', a.id))
    await whole()
    // a failed task that cost something, and another task for the rest
    await world.moved(b, { to: 'queued', billedMicros: 300_000 })
    await whole()
    const c = await world.moved(await nextEdit(), changeTo('running', 'again'))
    await whole()
    await world.moved(c, { to: 'rendered', expiresAt: 9, billedMicros: 900_000, stored: 1 })
    await whole()
    const d = await world.moved(await nextEdit(), changeTo('uncertain'))
    await whole()
    await world.moved(d, changeTo('review'))
    await whole()
    const e = await nextEdit()
    await world.ledger.cancelEdit(e.id)
    await world.moved(e, { to: 'queued' })
    await whole()
    expect((await world.viewed('b')).cost).toEqual({
      currency: 'CNY',
      micros: 1_200_000,
      reservedMicros: one,
    })
  })
})

describe('a day of a producer', () => {
  /** The same ledger at another time (epoch ms). */
  const at = (time: string): Ledger => {
    const seconds = Date.parse(time) / 1000
    return openLedger(withTime(redis, `{ '${seconds}', '0' }`), world.prefix)
  }
  const goes = async (time: string): Promise<string> => (await world.admit({}, at(time))).kind

  it.each([
    ['Asia/Shanghai', '2026-08-19T15:59:59Z', '2026-08-19', '2026-08-19T16:00:00Z', '2026-08-20'],
    ['Europe/Berlin', '2026-10-25T22:59:59Z', '2026-10-25', '2026-10-25T23:00:00Z', '2026-10-26'],
    ['America/New_York', '2026-11-01T03:59:59Z', '2026-10-31', '2026-11-01T04:00:00Z', '2026-11-01'],
    ['UTC', '2026-08-19T23:59:59Z', '2026-08-19', '2026-08-20T00:00:00Z', '2026-08-20'],
  ])('of %s ends at its midnight, and the next one begins then', async (zone, last, day, first, after) => {
    await world.capAt([{ ...cny(one), per: 'day' }], zone, at(last))
    await world.enqueue(4)
    expect([await goes(last), await goes(last)]).toEqual(['admitted', 'empty'])
    expect(await world.ledger.stopsOfProducer('acme')).toEqual([
      expect.objectContaining({
        reason: 'day',
        until: Date.parse(first),
        detail: expect.stringMatching(new RegExp(`or wait until the day ${day} is over\\.$`)),
      }),
    ])
    expect(await at(last).endStops()).toBe(0)
    expect(await at(first).endStops()).toBe(1)
    expect([await goes(first), await goes(first)]).toEqual(['admitted', 'empty'])
    for (const each of [day, after])
      expect((await world.ledger.usageOf('acme', each)).reserved).toEqual({ CNY: one })
  })

  it('has what was admitted on it, whenever it is billed', async () => {
    await world.enqueue(1)
    const evening = await world.admit({}, at('2026-08-19T23:59:00Z'))
    if (evening.kind !== 'admitted') throw new Error(evening.kind)
    const later = at('2026-08-20T00:01:00Z')
    const moved = await later.move(evening.edit, changeTo('running'))
    if (moved.kind !== 'moved') throw new Error(moved.kind)
    await later.move(moved.edit, { to: 'rendered', expiresAt: 9, billedMicros: one, stored: 1 })
    const entry = { lane: 'one', batch: '-', currency: 'CNY', micros: one, images: 1 }
    expect(await later.usageOf('acme', '2026-08-19')).toMatchObject({ entries: [entry], reserved: {} })
    expect(await later.usageOf('acme', '2026-08-20')).toMatchObject({ entries: [], reserved: {} })
  })

  it('is known again after weeks without an edit, and where clocks go back', async () => {
    await world.enqueue(3)
    expect(await goes('2026-08-01T12:00:00Z')).toBe('admitted')
    expect(await goes('2026-12-31T12:00:00Z')).toBe('admitted')
    // the next submit of the lane is due then; that is forgotten after a moment, by a clock that no test sets
    await redis.del(world.keys.tokens('submit:one'))
    expect(await goes('2026-08-01T12:00:00Z')).toBe('admitted')
    for (const [day, micros] of [
      ['2026-08-01', 2 * one],
      ['2026-12-31', one],
    ] as const)
      expect((await world.ledger.usageOf('acme', day)).reserved).toEqual({ CNY: micros })
  })

  it('follows the zone of its producer when that is changed', async () => {
    const time = '2026-08-19T20:00:00Z'
    await world.enqueue(2)
    expect(await goes(time)).toBe('admitted')
    await world.capAt([], 'Asia/Shanghai', at(time))
    expect(await goes(time)).toBe('admitted')
    for (const day of ['2026-08-19', '2026-08-20'])
      expect((await world.ledger.usageOf('acme', day)).reserved).toEqual({ CNY: one })
  })
})

describe('two currencies', () => {
  const dollars = { currency: 'USD', lane: 'abroad' } as const

  it('are counted apart everywhere', async () => {
    await world.openBatch('b', 2)
    const first = await world.moved(await world.nextEdit(), changeTo('running', 'first'))
    const abroad = await world.admit(dollars)
    if (abroad.kind !== 'admitted') throw new Error(abroad.kind)
    expect((await world.viewed('b')).otherCosts).toEqual([
      { currency: 'USD', micros: 0, reservedMicros: one },
    ])
    const second = await world.moved(abroad.edit, changeTo('running', 'second'))
    await world.moved(first, { to: 'rendered', expiresAt: 9, billedMicros: one })
    await world.moved(second, { to: 'rendered', expiresAt: 9, billedMicros: 30_000 })
    const { cost, otherCosts } = await world.viewed('b')
    expect([cost, otherCosts]).toEqual([
      { currency: 'CNY', micros: one, reservedMicros: 0 },
      [{ currency: 'USD', micros: 30_000, reservedMicros: 0 }],
    ])
    const { entries } = await world.ledger.usageOf('acme', await world.today())
    expect(entries.map(({ lane: name, currency, micros }) => [name, currency, micros])).toEqual(
      expect.arrayContaining([
        ['one', 'CNY', one],
        ['abroad', 'USD', 30_000],
      ]),
    )
  })

  it('do not share a cap: a lane that bills in another one takes nothing that has a cap, and says why', async () => {
    await world.openBatch('b', 2, cny(9 * one))
    expect(await world.next(dollars)).toBe('empty')
    expect((await world.viewed('b')).stops).toMatchObject([
      {
        reason: 'budget',
        detail: 'The budget of the batch is in CNY, and the lane bills in USD: it must be set in USD.',
      },
    ])
    await world.ledger.setBudget('b', { currency: 'USD', micros: one }, 1)
    await world.settle()
    expect([await world.next(dollars), await world.next(dollars)]).toEqual(['b-0', 'empty'])
  })
})
