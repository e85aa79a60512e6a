import type { Batch } from '@restyle/shared/contract/batch'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { newestSettings } from '@restyle/shared/receipt/producer-settings'
import { newestBudget } from '@restyle/shared/receipt/budget-order'
import { createApiKey } from '@restyle/producer/http/api-keys'
import { lane } from '../ledger/ledger-world.ts'
import { fine, openProducer, type World } from './open-producer.ts'

const room = { ...lane, running: 99, posting: 99, submitIntervalMicros: 0 }
const price = 200_000
const cny = (micros: number) => ({ currency: 'CNY', micros })

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
  await announce('CNY')
})
afterEach(() => world.stop())

const announce = (currency: 'CNY' | 'USD', name = 'one') =>
  ledger.lanes.announce({
    id: name,
    name,
    model: lane.model,
    region: 'beijing',
    running: 5,
    submitPerSecond: 5,
    price: { currency, micros: price },
  })
const send = async (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  url: string,
  payload?: object,
  headers = shop,
) => {
  const answer = await world.producer.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json() }
}
const set = (settings: object) => send('PATCH', '/v1/producers/shop', settings, admin)
const opened = async (more: object): Promise<Batch> =>
  (await send('POST', '/v1/batches', { edits: [fine], ...more })).body

describe('the caps of a producer', () => {
  const day = { per: 'day', ...cny(5 * price) }

  it('are set by an admin, kept in the bucket, and seen with what is left by whoever has a key', async () => {
    const told = { name: 'shop', weight: 1, zone: 'Asia/Shanghai', caps: [day] }
    expect(await set({ caps: [day], zone: 'Asia/Shanghai' })).toEqual({ status: 200, body: told })
    expect(await newestSettings(world.store, 'shop')).toMatchObject({ version: 1, caps: [day] })
    // what is not named stays
    expect((await set({ weight: 7 })).body).toEqual({ ...told, weight: 7 })
    expect((await send('GET', '/v1/producers', undefined, admin)).body.producers).toContainEqual({
      ...told,
      weight: 7,
    })
    await send('POST', '/v1/edits', fine)
    expect((await ledger.admit(room)).kind).toBe('admitted')
    expect((await send('GET', '/v1/producer')).body).toMatchObject({
      zone: 'Asia/Shanghai',
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      caps: [{ ...day, billedMicros: 0, reservedMicros: price, freeMicros: 4 * price }],
    })
  })

  it('are refused where they are none, with what is wrong', async () => {
    for (const [body, pointer] of [
      [{ caps: [{ ...day, micros: 0 }] }, '/caps/0/micros'],
      [{ caps: [{ ...day, micros: 1.5 }] }, '/caps/0/micros'],
      [{ caps: [{ ...day, currency: 'EUR' }] }, '/caps/0/currency'],
      [{ caps: [day, day] }, '/caps'],
      [{ zone: 'Europe/Atlantis' }, '/zone'],
    ] as const)
      expect(await set(body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } })
    expect((await set({})).status).toBe(422)
    expect((await send('PATCH', '/v1/producers/shop', { caps: [day] })).status).toBe(403)
    expect((await send('PATCH', '/v1/producers/nobody', { caps: [day] }, admin)).status).toBe(404)
  })

  it('are set by nobody while the bucket is away', async () => {
    await world.server.s3.stop()
    expect((await set({ caps: [day] })).status).toBe(503)
    expect(await ledger.readProducer('shop')).toMatchObject({ version: 0, caps: [] })
  })

  it('are those of the last of several admins, none of whose changes is lost', async () => {
    await Promise.all([set({ weight: 9 }), set({ zone: 'Europe/Paris' }), set({ caps: [day] })])
    expect(await ledger.readProducer('shop')).toEqual({
      version: 3,
      weight: 9,
      zone: 'Europe/Paris',
      caps: [day],
    })
  })
})

describe('an edit that a cap never lets go', () => {
  const fault = (detail: RegExp, pointer: string) => ({
    status: 422,
    body: { errors: [{ pointer, detail: expect.stringMatching(detail) }] },
  })

  it('is refused where it is sent alone, with what it costs', async () => {
    await set({ caps: [{ per: 'total', ...cny(2 * price - 1) }] })
    expect(await send('POST', '/v1/edits', { ...fine, n: 2 })).toMatchObject(
      fault(
        /^the cap of the producer is CNY 0\.399999, and this edit costs CNY 0\.40: raise it, or ask for less than n 2/,
        '/n',
      ),
    )
    expect((await send('POST', '/v1/edits', { ...fine, n: 1 })).status).toBe(202)
  })

  it('is refused as a row of a batch whose budget is too small, and so in chunks', async () => {
    const budget = cny(price)
    const rows = [fine, { ...fine, n: 2 }]
    expect(await send('POST', '/v1/batches', { edits: rows, budget })).toMatchObject({
      status: 422,
      body: {
        errors: [{ row: 2, detail: expect.stringMatching(/^the budget of the batch is CNY 0\.20, and/) }],
      },
    })
    const key = { ...shop, 'idempotency-key': 'k' }
    const { body: batch } = await send('POST', '/v1/batches', { open: true, budget }, key)
    expect(batch.budget).toEqual({ ...budget, freeMicros: price })
    const answer = await world.producer.app.inject({
      method: 'PUT',
      url: `/v1/batches/${batch.id}/rows/1`,
      headers: { ...shop, 'content-type': 'application/x-ndjson' },
      payload: rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    })
    expect([answer.statusCode, answer.json().errors]).toEqual([422, [expect.objectContaining({ row: 2 })]])
  })

  it('is refused where its lanes bill in another currency', async () => {
    await announce('USD')
    expect(await send('POST', '/v1/batches', { edits: [fine], budget: cny(9 * price) })).toMatchObject({
      status: 422,
      body: {
        errors: [
          {
            detail: `the budget of the batch is CNY 1.80, and lane one of model ${lane.model} bills in USD: set one in USD, since money of two currencies is not added up`,
          },
        ],
      },
    })
    const dollars = { currency: 'USD', micros: 9 * price }
    expect((await send('POST', '/v1/batches', { edits: [fine], budget: dollars })).status).toBe(202)
  })

  it('is not refused where no lane says what it costs', async () => {
    await ledger.lanes.announce({
      id: 'one',
      name: 'one',
      model: lane.model,
      region: 'beijing',
      running: 5,
      submitPerSecond: 5,
    })
    expect((await send('POST', '/v1/batches', { edits: [fine], budget: cny(1) })).status).toBe(202)
  })
})

describe('the budget of a batch', () => {
  it('is a part of what was asked: the same key with another one is a conflict', async () => {
    const key = { ...shop, 'idempotency-key': 'k' }
    const ask = (micros: number) => send('POST', '/v1/batches', { edits: [fine], budget: cny(micros) }, key)
    expect((await ask(5 * price)).status).toBe(202)
    expect((await ask(5 * price)).status).toBe(200)
    expect((await ask(6 * price)).status).toBe(422)
  })

  it('is changed and ended, and the bucket knows', async () => {
    const { id } = await opened({ budget: cny(price) })
    const change = (budget: object | null) => send('PATCH', `/v1/batches/${id}`, { budget })
    expect((await change(cny(3 * price))).body.budget).toEqual({ ...cny(3 * price), freeMicros: 3 * price })
    expect(await newestBudget(world.store, id)).toEqual({ number: 1, budget: cny(3 * price) })
    expect((await change(null)).body).not.toHaveProperty('budget')
    expect(await newestBudget(world.store, id)).toEqual({ number: 2, budget: undefined })
    expect((await send('PATCH', `/v1/batches/${id}`, {})).status).toBe(422)
    expect((await change(cny(0))).status).toBe(422)
    const theirs = await world.keyOf('theirs')
    expect((await send('PATCH', `/v1/batches/${id}`, { budget: null }, theirs)).status).toBe(404)
  })

  it('stays as it is while the bucket is away: that must learn of it first', async () => {
    const { id } = await opened({ budget: cny(price) })
    await world.server.s3.stop()
    expect((await send('PATCH', `/v1/batches/${id}`, { budget: null })).status).toBe(503)
    expect((await ledger.readBatch(id))?.budget).toEqual(cny(price))
  })
})
