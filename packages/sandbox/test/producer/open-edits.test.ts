import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { lane } from '../ledger/ledger-world.ts'
import { fine, openProducer, type World } from './open-producer.ts'

let world: World
let ledger: Ledger
let shop: { authorization: string }

beforeEach(async () => {
  world = await openProducer()
  ledger = openLedger(world.redis, world.prefix)
  shop = await world.keyOf('shop')
  const headers = await world.keyOf('office', ['admin'])
  const payload = { openEdits: 3 }
  await world.producer.app.inject({ method: 'PATCH', url: '/v1/producers/shop', headers, payload })
})
afterEach(() => world.stop())

type Method = 'POST' | 'PUT'
const send = async (
  method: Method,
  url: string,
  payload: object | string,
  more: Record<string, string> = {},
) => {
  const answer = await world.producer.app.inject({ method, url, headers: { ...shop, ...more }, payload })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
}
const edit = (key?: string) =>
  send('POST', '/v1/edits', fine, key === undefined ? {} : { 'idempotency-key': key })
const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ ...fine, key: `k${i}` }))
const lines = (count: number) =>
  rows(count)
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('')
const chunk = { 'content-type': 'application/x-ndjson' }

describe('a producer with a limit of open edits', () => {
  it('is refused what would be more, is told when to come again, and nothing of it is written', async () => {
    for (const key of ['a', 'b', 'c']) expect((await edit(key)).status).toBe(202)
    const refused = await edit('d')
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'retry-after': '30' },
      body: {
        type: '/problems#too-many-open',
        detail: expect.stringMatching(/has 3 open edits and may have 3; this request brings 1/),
      },
    })
    expect(refused.body).not.toHaveProperty('idempotencyKey')
    expect(await ledger.openEditsOf('shop')).toBe(3)
    // what was accepted is answered again, however full it is
    expect(await edit('a')).toMatchObject({ status: 200, body: { state: 'queued' } })
    // and others go on
    shop = await world.keyOf('other')
    expect((await edit()).status).toBe(202)
  })

  it('may send again what was refused as soon as others have ended', async () => {
    const { body } = await edit()
    for (const key of ['b', 'c']) await edit(key)
    expect((await edit('d')).status).toBe(429)
    await send('POST', `/v1/edits/${body.id}/cancel`, {})
    expect((await edit('d')).status).toBe(202)
    expect(await ledger.openEditsOf('shop')).toBe(3)
  })

  it('counts rows that rest, from the chunk that brings them to their end', async () => {
    expect((await send('POST', '/v1/batches', { edits: rows(2) })).status).toBe(202)
    expect(await ledger.openEditsOf('shop')).toBe(2)
    const { body: open } = await send('POST', '/v1/batches', { open: true }, { 'idempotency-key': 'k' })
    const put = (count: number) => send('PUT', `/v1/batches/${open.id}/rows/1`, lines(count), chunk)
    expect(await put(2)).toMatchObject({ status: 429, headers: { 'retry-after': '30' } })
    expect((await put(1)).status).toBe(200)
    expect((await put(1)).status).toBe(200)
    expect(await ledger.openEditsOf('shop')).toBe(3)
    await send('POST', `/v1/batches/${open.id}/close`, { total: 1 })
    await send('POST', `/v1/batches/${open.id}/cancel`, {})
    expect(await ledger.openEditsOf('shop')).toBe(2)
  })

  it('is told at once that a batch never fits', async () => {
    const { status, headers, body } = await send('POST', '/v1/batches', { edits: rows(4) })
    expect([status, headers['retry-after']]).toEqual([429, undefined])
    expect(body.detail).toContain('It never fits: send fewer at a time')
    expect(await ledger.openEditsOf('shop')).toBe(0)
  })

  it('has those counted that a lane admitted, until they end', async () => {
    await edit()
    const room = { ...lane, running: 99, posting: 99, submitIntervalMicros: 0 }
    expect((await ledger.admit(room)).kind).toBe('admitted')
    expect(await ledger.openEditsOf('shop')).toBe(1)
  })

  it('begins anew at 0 where an older version had accepted what ends now', async () => {
    await world.redis.hset(`${world.prefix}:spend:shop`, 'open', -7)
    expect(await ledger.openEditsOf('shop')).toBe(0)
    await edit()
    expect(await ledger.openEditsOf('shop')).toBe(1)
  })
})
