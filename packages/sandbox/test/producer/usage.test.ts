import { dayAfter } from '@restyle/shared/days'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { createApiKey } from '@restyle/producer/http/api-keys'
import { lane } from '../ledger/ledger-world.ts'
import { fine, openProducer, type World } from './open-producer.ts'

const room = { ...lane, running: 99, posting: 99, submitIntervalMicros: 0 }

let world: World
let ledger: Ledger
let shop: { authorization: string }
let admin: { authorization: string }

beforeEach(async () => {
  world = await openProducer()
  ledger = openLedger(world.redis, world.prefix)
  shop = await world.keyOf('shop')
  const { key } = await createApiKey(world.redis, world.prefix, 'office', ['admin'])
  admin = { authorization: `Bearer ${key}` }
})
afterEach(() => world.stop())

const send = async (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object, headers = shop) => {
  const answer = await world.producer.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json() }
}
const set = (settings: object) => send('PATCH', '/v1/producers/shop', settings, admin)

describe('the usage of a producer', () => {
  /** An edit of the shop, billed on this lane. */
  const billed = async (micros: number, on = 'one', currency: 'CNY' | 'USD' = 'CNY') => {
    const { body } = await send('POST', '/v1/edits', fine)
    const next = await ledger.admit({ ...room, lane: on, currency, priceMicros: micros })
    if (next.kind !== 'admitted') throw new Error(next.kind)
    const set = { taskId: `task of ${body.id}`, submittedAt: 1 }
    const moved = await ledger.move(next.edit, { to: 'running', set })
    if (moved.kind !== 'moved') throw new Error(moved.kind)
    await ledger.move(moved.edit, { to: 'rendered', expiresAt: 9, billedMicros: micros, stored: 1 })
  }
  /** The only row of a batch, which has gone for 500. */
  const admittedRow = async () => {
    const { id } = (await send('POST', '/v1/batches', { name: 'lamps', edits: [fine] })).body
    const edits = await openRowReader(world.store).rowsOf({ id, producer: 'shop' }, 0, 1)
    await ledger.feed({ model: lane.model, class: 'standard', batch: id, from: 0, to: 1, edits })
    const next = await ledger.admit({ ...room, priceMicros: 500 })
    if (next.kind !== 'admitted') throw new Error(next.kind)
    return { id, edit: next.edit }
  }
  const usage = (query = '', headers = shop) => send('GET', `/v1/usage${query}`, undefined, headers)

  it('is told by day, lane, batch and producer, in pages, a number for each currency', async () => {
    await billed(300)
    await billed(200)
    await billed(70, 'two')
    await billed(9, 'abroad', 'USD')
    const { body: days } = await usage()
    expect(days).toMatchObject({ by: 'day', from: expect.any(String), to: expect.any(String) })
    const today = days.to
    const sums = { reservedMicros: 0, releasedMicros: 0 }
    const totals = [
      { ...sums, currency: 'CNY', micros: 570, images: 3 },
      { ...sums, currency: 'USD', micros: 9, images: 1 },
    ]
    expect(days.totals).toEqual(totals.map((each) => ({ ...each, ledgerMicros: each.micros })))
    expect(days.rows).toEqual(totals.map((each) => ({ ...each, name: today })))
    expect((await usage('?by=lane')).body.rows).toEqual([
      { ...sums, name: 'abroad', currency: 'USD', micros: 9, images: 1 },
      { ...sums, name: 'one', currency: 'CNY', micros: 500, images: 2 },
      { ...sums, name: 'two', currency: 'CNY', micros: 70, images: 1 },
    ])
    const first = (await usage('?by=lane&limit=2')).body
    expect(first.rows).toHaveLength(2)
    const second = (await usage(`?by=lane&limit=2&cursor=${encodeURIComponent(first.nextCursor)}`)).body
    expect(second.rows.map(({ name }: { name: string }) => name)).toEqual(['two'])
    expect(second).not.toHaveProperty('nextCursor')
    expect((await usage('?by=batch')).body.rows.map(({ name }: { name: string }) => name)).toEqual(['-', '-'])
    expect((await usage('?by=producer')).body.rows[0]).toMatchObject({ name: 'shop', micros: 570 })
    expect((await usage('?from=2020-01-01&to=2020-01-02')).body).toMatchObject({ rows: [], totals: [] })
  })

  it('is another’s for an admin only, who sees all of them', async () => {
    await billed(300)
    const theirs = await world.keyOf('theirs')
    expect((await usage('?by=producer', theirs)).body.rows).toEqual([])
    expect((await usage('?producer=shop', theirs)).status).toBe(403)
    expect((await usage('?producer=shop', admin)).body.totals).toMatchObject([{ micros: 300 }])
    expect((await usage('?by=producer', admin)).body.rows).toMatchObject([{ name: 'shop', micros: 300 }])
    expect((await usage('?producer=nobody', admin)).status).toBe(404)
  })

  it('is told of a range that can be read, and of dates that there are', async () => {
    for (const query of [
      '?from=2026-02-30',
      '?from=x',
      '?by=hour',
      '?limit=0',
      '?from=2026-03-02&to=2026-03-01',
    ])
      expect((await usage(query)).status).toBe(400)
    expect((await usage('?from=2026-01-01&to=2026-12-31')).body.errors).toEqual([
      { parameter: 'from', detail: 'from and to are 365 days apart; at most 100 are told' },
    ])
    expect((await usage('?by=batch&from=2026-01-01&to=2026-02-15')).status).toBe(400)
    for (const days of ['0', '101', 'x', '2.5']) expect((await usage(`?days=${days}`)).status).toBe(400)
    expect((await usage('?days=2&from=2026-01-01')).body.errors).toEqual([
      { parameter: 'days', detail: 'days stands in place of from: send one of them' },
    ])
  })

  it('ends with the day that it is for its producer, however many days are asked for', async () => {
    // one of them has another date than UTC at any hour
    for (const zone of ['Pacific/Kiritimati', 'Etc/GMT+12']) {
      await set({ zone })
      const today = new Intl.DateTimeFormat('sv', { timeZone: zone }).format(await ledger.now())
      for (const days of [1, 7, 31]) {
        const { from, to } = (await usage(`?days=${days}`)).body
        expect([from, to]).toEqual([dayAfter(today, 1 - days), today])
      }
      expect((await usage('?days=3&to=2026-03-01')).body.from).toBe('2026-02-27')
    }
  })

  it('has what was reserved and is free again, for the lane and batch that had it', async () => {
    await billed(300)
    const { id, edit } = await admittedRow()
    const sums = async (query: string) => (await usage(query)).body
    expect((await sums('')).totals).toMatchObject([{ reservedMicros: 500, releasedMicros: 0, micros: 300 }])
    await ledger.move(edit, { to: 'failed', set: { failure: { code: 'x', message: 'no' } } })
    const freed = { reservedMicros: 0, releasedMicros: 500 }
    expect((await sums('')).totals).toMatchObject([{ ...freed, micros: 300, ledgerMicros: 300 }])
    expect((await sums('')).rows).toMatchObject([{ ...freed, micros: 300 }])
    expect((await sums('?by=batch')).rows).toMatchObject([
      { name: '-', micros: 300, releasedMicros: 0 },
      { name: id, micros: 0, releasedMicros: 500, images: 0 },
    ])
    expect((await sums('?by=lane')).rows).toMatchObject([{ name: 'one', micros: 300, releasedMicros: 500 }])
  })

  it('says how a batch is called, and nothing of one that is not known any more', async () => {
    const { id, edit } = await admittedRow()
    await ledger.move(edit, { to: 'failed', set: { failure: { code: 'x', message: 'no' } } })
    expect((await usage('?by=batch')).body.rows).toMatchObject([{ name: id, batch: { name: 'lamps' } }])
    const tick = { name: 'nightly', tick: '2026-03-02T01:00:00Z' }
    await world.redis.hset(ledgerKeys(world.prefix).batch(id), 'schedule', JSON.stringify(tick), 'name', '')
    expect((await usage('?by=batch')).body.rows[0].batch).toEqual({ schedule: tick })
    await world.redis.del(ledgerKeys(world.prefix).batch(id))
    const [row] = (await usage('?by=batch')).body.rows
    expect(row).toMatchObject({ name: id, releasedMicros: 500 })
    expect(row).not.toHaveProperty('batch')
  })

  it('sets what the ledger counts by itself beside the sum of the rows', async () => {
    await billed(300)
    const { to } = (await usage()).body
    await world.redis.hincrby(ledgerKeys(world.prefix).usage('shop', to), 'billed', 45)
    expect((await usage()).body.totals).toMatchObject([{ micros: 300, ledgerMicros: 345 }])
  })
})
