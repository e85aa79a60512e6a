import { viewOfBatch } from '@restyle/shared/contract/batch'
import type { Budget } from '@restyle/shared/contract/money'
import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { type Cap, defaultSettings } from '@restyle/shared/contract/producer'
import type { LaneRoom } from '@restyle/shared/ledger/admit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { withTime } from '../model/clocked-redis.ts'
import { asked, changeTo, failure, lane, type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

const { model } = lane
const lot = { model, class: 'standard' }
const one = 1_000_000
const room: LaneRoom = {
  ...lane,
  running: 1_000_000,
  posting: 1_000_000,
  submitIntervalMicros: 0,
  priceMicros: one,
}

let server: RedisServer
let redis: Redis
let tests = 0
let versions = 0
let world: LedgerWorld

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openLedgerWorld(redis, `{caps${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const cny = (micros: number): Budget => ({ currency: 'CNY', micros })
const prompted = (id: string, more: Partial<NewEdit> = {}): NewEdit => {
  const edit = asked(id, more)
  return { ...edit, request: { ...edit.request, prompt: `prompt of ${id}` } }
}
const enqueue = (count: number, name = 'e') =>
  world.ledger.accept(Array.from({ length: count }, (_, i) => prompted(`${name}${i}`)))

async function openBatch(batch: string, rows: number, budget?: Budget): Promise<void> {
  const { ledger } = world
  const opening = { id: batch, producer: 'acme', name: '', bodyHash: 'h', total: rows }
  await ledger.openBatch({ ...opening, ...(budget === undefined ? {} : { budget }) })
  await ledger.appendRows({ batch, first: 0, count: rows, lots: [lot] })
  const edits = Array.from({ length: rows }, (_, row) => prompted(editIdOfRow(batch, row), { batch, row }))
  await ledger.feed({ ...lot, batch, from: 0, to: rows, edits })
}

const capAt = (caps: Cap[], zone = 'UTC', ledger: Ledger = world.ledger) =>
  ledger.setProducer('acme', { ...defaultSettings, caps, zone, version: (versions += 1) })
const settle = async (): Promise<void> => {
  for (const [batch, mark] of await world.ledger.unsettled()) await world.ledger.settleBatch(batch, mark, '0')
}
const admit = async (ask: Partial<LaneRoom> = {}, ledger: Ledger = world.ledger) => {
  // what a stop leaves behind is taken out a few at a time
  for (let asks = 0; ; asks += 1) {
    const next = await ledger.admit({ ...room, ...ask })
    if (next.kind !== 'empty' || next.ms !== 1 || asks > 50) return next
  }
}
const next = async (ask: Partial<LaneRoom> = {}): Promise<string> => {
  const answer = await admit(ask)
  return answer.kind === 'admitted' ? answer.edit.id : answer.kind
}
const admitted = async () => {
  const answer = await admit()
  if (answer.kind !== 'admitted') throw new Error(answer.kind)
  return answer.edit
}
const many = async (most: number): Promise<number> => {
  for (let count = 0; ; count += 1) if (count === most || (await next()) === 'empty') return count
}
const viewed = async (batch: string) => {
  const read = await world.ledger.readBatch(batch)
  if (read === undefined) throw new Error('no such batch')
  return viewOfBatch(read)
}
const told = async () =>
  (await world.ledger.events('acme').page('0', 200)).flatMap(({ event }) =>
    'reason' in event.data ? [`${event.type.slice('restyle.'.length)} ${event.data.reason}`] : [],
  )
const today = async (): Promise<string> => new Date(await world.ledger.now()).toISOString().slice(0, 10)
const reservedToday = async () =>
  Number((await redis.hget(world.keys.usage('acme', await today()), 'reserved')) ?? 0)

describe('a cap', () => {
  it.each(['batch', 'total', 'day'] as const)(
    'of a %s at 10.00 lets exactly ten edits of 1.00 go',
    async (kind) => {
      if (kind === 'batch') await openBatch('b', 20, cny(10 * one))
      else {
        await capAt([{ ...cny(10 * one), per: kind }])
        await enqueue(20)
      }
      const three = [0, 1, 2].map(() => new Redis(server.url))
      const ledgers = three.map((each) => openLedger(each, world.prefix))
      const counts = await Promise.all(
        ledgers.map(async (ledger) => {
          let own = 0
          for (let asks = 0; asks < 20; asks += 1) if ((await admit({}, ledger)).kind === 'admitted') own += 1
          return own
        }),
      )
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10)
      expect(Number((await world.ledger.spendOf('acme'))['reserved'])).toBe(10 * one)
      await Promise.all(three.map((each) => each.quit()))
    },
  )

  it('that the next edit does not fit under by one micro stops', async () => {
    await openBatch('b', 2, cny(2 * one - 1))
    expect([await next(), await next()]).toEqual(['b-0', 'empty'])
    const { stops, budget } = await viewed('b')
    expect(budget).toEqual({ ...cny(2 * one - 1), freeMicros: one - 1 })
    expect(stops).toEqual([
      {
        reason: 'budget',
        at: expect.any(String),
        detail:
          'The budget of the batch is CNY 1.999999. CNY 0.00 was billed and CNY 1.00 is reserved, so that the next edit for CNY 1.00 does not fit. To go on, raise the budget.',
      },
    ])
    expect(await told()).toEqual(['batch.paused budget'])
  })

  it('that refuses leaves everything else as it was: nothing is reserved, nobody lost a turn', async () => {
    await openBatch('b', 3, cny(50 * one))
    await capAt([
      { ...cny(one), per: 'day' },
      { ...cny(50 * one), per: 'total' },
    ])
    expect(await next()).toBe('b-0')
    const [before, tag] = [await viewed('b'), await redis.hget(world.keys.tags(model), 'acme')]
    expect(await next()).toBe('empty')
    expect((await viewed('b')).cost).toEqual(before.cost)
    expect((await world.ledger.spendOf('acme'))['reserved']).toBe(one)
    expect(await reservedToday()).toBe(one)
    expect(await redis.hget(world.keys.tags(model), 'acme')).toBe(tag)
    expect((await world.ledger.stopsOfProducer('acme')).map(({ reason }) => reason)).toEqual(['day'])
    expect((await viewed('b')).stops).toBeUndefined()
  })

  it('of a batch stops no other batch of its producer', async () => {
    await openBatch('b', 2, cny(one))
    await openBatch('c', 2)
    const went = [await next(), await next(), await next(), await next()]
    expect(went.toSorted()).toEqual(['b-0', 'c-0', 'c-1', 'empty'])
  })

  it('counts what is billed, not what was thought of', async () => {
    await openBatch('b', 3, cny(2 * one))
    const first = await admitted()
    const running = await world.moved(first, changeTo('running', first.id))
    // a bill above what was reserved counts as it is, and the next is refused
    await world.moved(running, { to: 'rendered', expiresAt: 9, billedMicros: 1_200_000 })
    expect(await next()).toBe('empty')
    expect(await viewed('b')).toMatchObject({
      cost: { micros: 1_200_000, reservedMicros: 0 },
      budget: { freeMicros: 800_000 },
    })
  })

  it('fails nothing: what it stopped is queued, and is no alarm of the backlog', async () => {
    await openBatch('b', 3, cny(one))
    await many(5)
    await settle()
    expect(await viewed('b')).toMatchObject({ counts: { queued: 2, submitting: 1, failed: 0 } })
    expect(await world.ledger.mayGo(model)).toBe(false)
  })

  it('costs an admission no command where there is none', async () => {
    await enqueue(3)
    await next()
    const plain = await commandsOf(next)
    await capAt([{ ...cny(10 * one), per: 'total' }])
    await next()
    expect((await commandsOf(next)) - plain).toBeLessThanOrEqual(1)
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
    await openBatch('b', 3, cny(one))
    await many(5)
    expect((await world.ledger.setBudget('b', cny(2 * one - 1), 1)).kind).toBe('set')
    expect([await next(), await told()]).toEqual(['empty', ['batch.paused budget']])
    expect((await world.ledger.setBudget('b', cny(2 * one), 2)).kind).toBe('done')
    await settle()
    expect([await next(), await next()]).toEqual(['b-1', 'empty'])
    // an older decision that comes late changes nothing
    expect((await world.ledger.setBudget('b', cny(9 * one), 2)).kind).toBe('known')
    expect((await world.ledger.setBudget('b', undefined, 3)).kind).toBe('done')
    await settle()
    expect([await next(), await viewed('b').then(({ budget }) => budget)]).toEqual(['b-2', undefined])
    expect(await told()).toEqual([
      'batch.paused budget',
      'batch.resumed budget',
      'batch.paused budget',
      'batch.resumed budget',
    ])
  })

  it('stays paused by a person when its budget is raised', async () => {
    await openBatch('b', 2, cny(one))
    await many(5)
    await world.ledger.pauseBatch('b', true)
    await world.ledger.setBudget('b', cny(9 * one), 1)
    await settle()
    expect(await next()).toBe('empty')
    expect((await viewed('b')).stops?.map(({ reason }) => reason)).toEqual(['person'])
  })

  it.each(['total', 'day'] as const)(
    'goes on when the cap of the producer (%s) is raised or ended',
    async (per) => {
      await enqueue(4)
      await capAt([{ ...cny(one), per }])
      expect(await many(9)).toBe(1)
      await capAt([{ ...cny(3 * one), per }])
      expect(await many(9)).toBe(2)
      await capAt([])
      expect(await many(9)).toBe(1)
    },
  )

  it.each(['batch', 'total', 'day'] as const)('goes on when enough is released (%s)', async (kind) => {
    if (kind === 'batch') await openBatch('b', 3, cny(one))
    else {
      await enqueue(3)
      await capAt([{ ...cny(one), per: kind }])
    }
    const first = await admitted()
    expect(await next()).toBe('empty')
    // a doubt is no release
    const unsure = await world.moved(first, changeTo('uncertain'))
    expect(await next()).toBe('empty')
    await world.moved(unsure, { to: 'failed', set: { failure } })
    await settle()
    const second = await admitted()
    expect(await next()).toBe('empty')
    const running = await world.moved(second, changeTo('running', second.id))
    await world.moved(running, { to: 'rendered', expiresAt: 9, billedMicros: one })
    await settle()
    expect(await next()).toBe('empty')
  })
})

describe('money of one edit', () => {
  it('is released once, by whichever of three pollers is first', async () => {
    await openBatch('b', 1, cny(5 * one))
    const edit = await world.moved(await admitted(), changeTo('running'))
    const moved = await Promise.all(
      [1, 2, 3].map(() => world.ledger.move(edit, { to: 'failed', set: { failure } })),
    )
    expect(moved.map(({ kind }) => kind).toSorted()).toEqual(['lost', 'lost', 'moved'])
    expect((await viewed('b')).budget?.freeMicros).toBe(5 * one)
    expect(await world.ledger.spendOf('acme')).toMatchObject({ reserved: 0 })
    expect(await reservedToday()).toBe(0)
  })

  it('is free, reserved or billed at each step, and never two of these', async () => {
    const cap = 10 * one
    await openBatch('b', 4, cny(cap))
    const whole = async () => {
      const { cost, budget } = await viewed('b')
      const sums = await world.ledger.spendOf('acme')
      const { entries, reserved } = await world.ledger.usageOf('acme', await today())
      const billedToday = entries.reduce((sum, { micros }) => sum + micros, 0)
      expect([sums['reserved'] ?? 0, sums['billed'] ?? 0]).toEqual([cost.reservedMicros, cost.micros])
      expect([reserved.CNY ?? 0, billedToday]).toEqual([cost.reservedMicros, cost.micros])
      expect((budget?.freeMicros ?? NaN) + cost.reservedMicros + cost.micros).toBe(cap)
    }
    const a = await admitted()
    await whole()
    const b = await world.moved(a, changeTo('running', a.id))
    await whole()
    // a failed task that cost something, and another task for the rest
    await world.moved(b, { to: 'queued', billedMicros: 300_000 })
    await whole()
    const c = await world.moved(await admitted(), changeTo('running', 'again'))
    await whole()
    await world.moved(c, { to: 'rendered', expiresAt: 9, billedMicros: 900_000, stored: 1 })
    await whole()
    const d = await world.moved(await admitted(), changeTo('uncertain'))
    await whole()
    await world.moved(d, changeTo('review'))
    await whole()
    const e = await admitted()
    await world.ledger.cancelEdit(e.id)
    await world.moved(e, { to: 'queued' })
    await whole()
    expect((await viewed('b')).cost).toEqual({ currency: 'CNY', micros: 1_200_000, reservedMicros: one })
  })
})

describe('a day of a producer', () => {
  /** The same ledger at another time (epoch ms). */
  const at = (time: string): Ledger => {
    const seconds = Date.parse(time) / 1000
    return openLedger(withTime(redis, `{ '${seconds}', '0' }`), world.prefix)
  }
  const goes = async (time: string): Promise<string> => (await admit({}, at(time))).kind

  it.each([
    ['Asia/Shanghai', '2026-08-19T15:59:59Z', '2026-08-19', '2026-08-19T16:00:00Z', '2026-08-20'],
    ['Europe/Berlin', '2026-10-25T22:59:59Z', '2026-10-25', '2026-10-25T23:00:00Z', '2026-10-26'],
    ['America/New_York', '2026-11-01T03:59:59Z', '2026-10-31', '2026-11-01T04:00:00Z', '2026-11-01'],
    ['UTC', '2026-08-19T23:59:59Z', '2026-08-19', '2026-08-20T00:00:00Z', '2026-08-20'],
  ])('of %s ends at its midnight, and the next one begins then', async (zone, last, day, first, after) => {
    await capAt([{ ...cny(one), per: 'day' }], zone, at(last))
    await enqueue(4)
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
    await enqueue(1)
    const evening = await admit({}, at('2026-08-19T23:59:00Z'))
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
    await enqueue(3)
    expect(await goes('2026-08-01T12:00:00Z')).toBe('admitted')
    expect(await goes('2026-12-31T12:00:00Z')).toBe('admitted')
    expect(await goes('2026-08-01T12:00:00Z')).toBe('admitted')
    for (const [day, micros] of [
      ['2026-08-01', 2 * one],
      ['2026-12-31', one],
    ] as const)
      expect((await world.ledger.usageOf('acme', day)).reserved).toEqual({ CNY: micros })
  })

  it('follows the zone of its producer when that is changed', async () => {
    const time = '2026-08-19T20:00:00Z'
    await enqueue(2)
    expect(await goes(time)).toBe('admitted')
    await capAt([], 'Asia/Shanghai', at(time))
    expect(await goes(time)).toBe('admitted')
    for (const day of ['2026-08-19', '2026-08-20'])
      expect((await world.ledger.usageOf('acme', day)).reserved).toEqual({ CNY: one })
  })
})

describe('two currencies', () => {
  const dollars = { currency: 'USD', lane: 'abroad' } as const

  it('are counted apart everywhere', async () => {
    await openBatch('b', 2)
    const first = await world.moved(await admitted(), changeTo('running', 'first'))
    const abroad = await admit(dollars)
    if (abroad.kind !== 'admitted') throw new Error(abroad.kind)
    expect((await viewed('b')).otherCosts).toEqual([{ currency: 'USD', micros: 0, reservedMicros: one }])
    const second = await world.moved(abroad.edit, changeTo('running', 'second'))
    await world.moved(first, { to: 'rendered', expiresAt: 9, billedMicros: one })
    await world.moved(second, { to: 'rendered', expiresAt: 9, billedMicros: 30_000 })
    const { cost, otherCosts } = await viewed('b')
    expect([cost, otherCosts]).toEqual([
      { currency: 'CNY', micros: one, reservedMicros: 0 },
      [{ currency: 'USD', micros: 30_000, reservedMicros: 0 }],
    ])
    const { entries } = await world.ledger.usageOf('acme', await today())
    expect(entries.map(({ lane: name, currency, micros }) => [name, currency, micros])).toEqual(
      expect.arrayContaining([
        ['one', 'CNY', one],
        ['abroad', 'USD', 30_000],
      ]),
    )
  })

  it('do not share a cap: a lane that bills in another one takes nothing that has a cap, and says why', async () => {
    await openBatch('b', 2, cny(9 * one))
    expect(await next(dollars)).toBe('empty')
    expect((await viewed('b')).stops).toMatchObject([
      {
        reason: 'budget',
        detail: 'The budget of the batch is in CNY, and the lane bills in USD: it must be set in USD.',
      },
    ])
    await world.ledger.setBudget('b', { currency: 'USD', micros: one }, 1)
    await settle()
    expect([await next(dollars), await next(dollars)]).toEqual(['b-0', 'empty'])
  })
})
