import type { Recalled } from '@restyle/shared/contract/account'
import { defaultSettings } from '@restyle/shared/contract/producer'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { asked, changeTo, failure } from './ledger-world.ts'
import { cny, type MoneyWorld, one, openMoneyWorld } from './money-world.ts'

let server: RedisServer
let redis: Redis
let tests = 0
let world: MoneyWorld
let recalls = 0
let recalled: Recalled
let ledger: Ledger

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  recalls = 0
  world = openMoneyWorld(redis, `{carry${tests}}`)
  recalled = { totals: {}, days: [] }
  ledger = openLedger(redis, world.prefix, {
    recall: async () => {
      recalls += 1
      return recalled
    },
  })
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const capOf = (images: number) => ({ ...cny(images * one), per: 'total' as const })
const spent = async () => (await world.ledger.spendOf('acme'))['billed'] ?? 0
const day = '2026-08-19'
const billedOn = async () =>
  (await world.ledger.usageOf('acme', day)).entries.reduce((sum, { micros }) => sum + micros, 0)
const goes = async () => (await world.admit({}, ledger)).kind
/** An edit that comes back from its receipts with what it cost. */
const restored = (id: string, billed: number) =>
  world.ledger.restore(asked(id), {
    state: 'failed',
    failure,
    attempt: 1,
    tries: 0,
    lane: 'one',
    day,
    billed,
  })

describe('a Redis that knows nothing', () => {
  it('reads caps and what was spent before it admits anything, and once', async () => {
    recalled = {
      settings: { ...defaultSettings, caps: [capOf(5)], version: 7 },
      totals: { billed: 3 * one },
      days: [
        {
          day,
          lines: [
            { name: 'billed one -', sum: 2 * one },
            { name: 'released one -', sum: 4 * one },
          ],
        },
      ],
    }
    await world.enqueue(9)
    expect([await goes(), await goes(), await goes()]).toEqual(['admitted', 'admitted', 'empty'])
    expect([await spent(), await billedOn(), recalls]).toEqual([3 * one, 2 * one, 1])
    const carried = await world.ledger.usageOf('acme', day)
    expect(carried).toMatchObject({ entries: [{ releasedMicros: 4 * one }], billed: { CNY: 2 * one } })
    expect(await world.ledger.spendOf('acme')).not.toHaveProperty('released')
    // what the vendor may still bill, and what it has billed
    expect(await ledger.stopsOfProducer('acme')).toMatchObject([{ reason: 'budget' }])
  })

  it('is not asked for an edit while the bucket does not tell', async () => {
    const away = openLedger(redis, world.prefix, { recall: () => Promise.reject(new Error('away')) })
    await world.enqueue(1)
    await expect(world.admit({}, away)).rejects.toThrow('away')
    expect(await world.ledger.spendOf('acme')).toEqual({ open: 1 })
    expect(await goes()).toBe('admitted')
  })

  it.each(['first', 'last'])(
    'counts nothing twice, whether the record comes %s or the edits',
    async (when) => {
      const lines = [
        { name: 'billed one -', sum: 3 * one },
        { name: 'images one -', sum: 3 },
      ]
      recalled = { totals: { billed: 3 * one }, days: [{ day, lines }] }
      const carry = () => ledger.know('acme', Date.parse(`${day}T12:00:00Z`))
      if (when === 'first') await carry()
      for (const id of ['a', 'b']) await restored(id, one)
      if (when === 'last') await carry()
      // one edit is missing for good, and its money counts
      expect([await spent(), await billedOn()]).toEqual([3 * one, 3 * one])
      await carry()
      expect([await spent(), await billedOn()]).toEqual([3 * one, 3 * one])
      await restored('c', one)
      expect([await spent(), await billedOn()]).toEqual([3 * one, 3 * one])
      // beyond what the record had heard of
      await restored('d', one)
      expect([await spent(), await billedOn()]).toEqual([4 * one, 4 * one])
    },
  )

  it('counts once what is billed of an edit that came back while its task ran', async () => {
    recalled = { totals: { billed: one }, days: [{ day, lines: [{ name: 'billed one -', sum: one }] }] }
    await ledger.know('acme', Date.parse(`${day}T12:00:00Z`))
    const point = { state: 'running', taskId: 't', submittedAt: 1, reserved: one, lane: 'one', day } as const
    await world.ledger.restore(asked('a'), { ...point, attempt: 1, tries: 0 })
    const edit = await world.ledger.read('a')
    if (edit === undefined) throw new Error('not restored')
    const back = await world.moved(edit, { to: 'rendered', expiresAt: 9, billedMicros: one })
    expect([await spent(), await billedOn()]).toEqual([one, one])
    // another task of it is new
    await redis.hset(world.keys.edit('a'), 'state', 'running')
    await world.moved({ ...back, state: 'running' }, { to: 'queued' })
    const again = await world.moved(await world.nextEdit(), changeTo('running', 'again'))
    await world.moved(again, { to: 'rendered', expiresAt: 9, billedMicros: one })
    expect(await spent()).toBe(2 * one)
  })

  it('counts what is new beside what it took over', async () => {
    recalled = { totals: {}, days: [{ day, lines: [{ name: 'billed one -', sum: 3 * one }] }] }
    await ledger.know('acme', Date.parse(`${day}T12:00:00Z`))
    await world.enqueue(1)
    const edit = await world.moved(await world.nextEdit(), changeTo('running'))
    await world.moved(edit, { to: 'rendered', expiresAt: 9, billedMicros: one })
    expect(await spent()).toBe(4 * one)
  })
})

describe('what a ledger is told of a producer', () => {
  it('is the newest version, whichever comes last', async () => {
    await redis.sadd(world.keys.producers, 'acme')
    const at = (weight: number, version: number) =>
      ledger.setProducer('acme', { ...defaultSettings, weight, version })
    expect([await at(2, 2), await at(1, 1), await at(3, 2)]).toEqual(['set', 'known', 'known'])
    expect(await ledger.readProducer('acme')).toMatchObject({ weight: 2, version: 2 })
    recalled = { ...recalled, settings: { ...defaultSettings, weight: 9, version: 1 } }
    await ledger.know('acme', Date.now())
    expect(await ledger.readProducer('acme')).toMatchObject({ weight: 2, version: 2 })
  })

  it('are the days of its zone, also where that is changed in the same moment', async () => {
    await redis.hset(world.keys.producer('acme'), 'zone', 'Asia/Shanghai')
    await ledger.know('acme', Date.parse('2026-08-19T12:00:00Z'))
    const days = (await redis.hget(world.keys.producer('acme'), 'days')) ?? ''
    expect(days.split(' ')[1]).toBe(`${Date.parse('2026-08-18T16:00:00Z')}=2026-08-19`)
  })
})
