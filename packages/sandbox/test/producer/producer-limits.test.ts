import { newestSettings } from '@restyle/shared/receipt/producer-settings'
import { openLimits } from '@restyle/producer/http/limits-of'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { openProducer, type World } from './open-producer.ts'

let world: World
let ledger: Ledger
let admin: { authorization: string }

beforeEach(async () => {
  world = await openProducer()
  ledger = openLedger(world.redis, world.prefix)
  admin = await world.keyOf('office', ['admin'])
  await world.keyOf('shop')
})
afterEach(() => world.stop())

const send = async (method: 'GET' | 'PATCH', name: string, payload?: object, headers = admin) => {
  const url = `/v1/producers/${name}`
  const answer = await world.producer.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json() }
}

describe('the record of a producer', () => {
  const plain = { name: 'shop', weight: 1, zone: 'UTC', caps: [] }
  const limits = { rate: 600, places: 5, openEdits: 1_000 }

  it('has its limits beside its weight, which are set and taken away one by one and kept in the bucket', async () => {
    expect(await send('GET', 'shop')).toEqual({ status: 200, body: plain })
    expect(await send('PATCH', 'shop', limits)).toEqual({ status: 200, body: { ...plain, ...limits } })
    expect(await ledger.readProducer('shop')).toMatchObject({ ...limits, version: 1 })
    const less = { ...plain, rate: 60, openEdits: 1_000 }
    expect(await send('PATCH', 'shop', { rate: 60, places: null })).toEqual({ status: 200, body: less })
    expect(await send('GET', 'shop')).toEqual({ status: 200, body: less })
    const { name: _, ...kept } = less
    expect(await newestSettings(world.store, 'shop')).toEqual({ ...kept, version: 2 })
    expect(await ledger.readProducer('shop')).toEqual({ ...kept, version: 2 })
  })

  it('takes whole numbers above 0', async () => {
    for (const limit of ['rate', 'places', 'openEdits'])
      for (const value of [0, -1, 1.5, '5', 1e12])
        expect(await send('PATCH', 'shop', { [limit]: value })).toMatchObject({
          status: 422,
          body: { errors: [{ pointer: `/${limit}` }] },
        })
    expect(await send('GET', 'shop')).toEqual({ status: 200, body: plain })
  })

  it('is read and changed by keys with the scope admin alone, and only of producers that there are', async () => {
    const own = await world.keyOf('shop')
    expect((await send('GET', 'shop', undefined, own)).status).toBe(403)
    expect((await send('PATCH', 'shop', limits, own)).status).toBe(403)
    expect((await send('GET', 'nobody')).status).toBe(404)
    expect((await send('PATCH', 'nobody', limits)).status).toBe(404)
  })

  it('is told to its own keys, too', async () => {
    const own = await world.keyOf('shop')
    const read = async () => (await world.producer.app.inject({ url: '/v1/producer', headers: own })).json()
    expect(await read()).toEqual({ name: 'shop' })
    await send('PATCH', 'shop', limits)
    expect(await read()).toEqual({ name: 'shop', limits: { ...limits, open: 0 } })
  })

  it('counts within 3 seconds wherever it is read', async () => {
    let now = Date.now()
    const limitsOf = openLimits(ledger, () => now)
    expect(await limitsOf('shop')).not.toHaveProperty('rate')
    await send('PATCH', 'shop', limits)
    now += 3_000
    expect(await limitsOf('shop')).toMatchObject(limits)
    expect(await limitsOf('nobody')).toEqual({})
  })
})
