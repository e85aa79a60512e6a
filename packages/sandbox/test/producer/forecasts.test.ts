import type { LaneCard } from '@restyle/shared/ledger/lanes'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { fine, openProducer, type World } from './open-producer.ts'

const model = 'wan2.5-i2i-preview'

describe('what rows would cost and when they would be done', () => {
  let world: World
  let own: { authorization: string }

  beforeAll(async () => {
    world = await openProducer()
    own = await world.keyOf('catalog')
    await announce({ id: 'one', region: 'beijing' })
    await announce({ id: 'two', name: 'two', model: 'wan2.6-image', region: 'beijing' })
    await announce({ id: 'three', name: 'three', model: 'wan2.6-image', region: 'singapore' })
    await see('one')
  })
  afterAll(() => world.stop())

  const ledger = () => openLedger(world.redis, world.prefix)
  const announce = (more: Partial<LaneCard>) =>
    ledger().lanes.announce({
      id: 'one',
      name: 'one',
      model,
      region: 'beijing',
      running: 5,
      submitPerSecond: 5,
      ...more,
    })
  /** A hundred tasks of a minute or so ended a moment ago. */
  const see = (lane: string) =>
    world.redis.lpush(
      ledgerKeys(world.prefix).slotTimes(lane),
      ...Array.from({ length: 100 }, (_, i) => `${50_000 + i * 200} 1 0 ${Date.now()}`),
    )
  const ask = (payload: object, headers = own) =>
    world.producer.app.inject({ method: 'POST', url: '/v1/forecasts', headers, payload })
  const rows = (count: number, more: object = {}) => [{ model, rows: count, ...more }]

  it('is a price, and a range for the begin and the end', async () => {
    const answer = await ask({ rows: rows(500) })
    expect(answer.statusCode).toBe(200)
    const told = answer.json()
    expect(told).toMatchObject({
      rows: 500,
      images: 500,
      price: [{ currency: 'CNY', leastMicros: 100_000_000, mostMicros: 100_000_000 }],
      forecast: { kind: 'range', tasksSeen: 100, detail: 'Reckoned from 100 tasks.' },
    })
    const minutes = (text: string) => (Date.parse(text) - Date.now()) / 60_000
    expect(minutes(told.forecast.begin.to)).toBeLessThan(1)
    expect(minutes(told.forecast.end.from)).toBeGreaterThan(80)
    expect(minutes(told.forecast.end.from)).toBeLessThan(101)
    expect(minutes(told.forecast.end.to)).toBeGreaterThan(100)
    expect(minutes(told.forecast.end.to)).toBeLessThan(125)
  })

  it('counts all images, and what each lane would bill for them', async () => {
    const two = await ask({ rows: [{ model: 'wan2.6-image', rows: 10, images: 40, class: 'bulk' }] })
    expect(two.json()).toMatchObject({
      rows: 10,
      images: 40,
      price: [{ currency: 'CNY', leastMicros: 8_000_000, mostMicros: 8_807_080 }],
      forecast: { kind: 'range', tasksSeen: 0 },
    })
    expect(two.json().forecast.detail).toContain('No task was seen yet')
  })

  it('says whether it is done in time', async () => {
    const by = async (minutes: number) => {
      const finishBy = new Date(Date.now() + minutes * 60_000).toISOString()
      return (await ask({ rows: rows(500), finishBy })).json().finishBy.outlook
    }
    expect([await by(60), await by(100), await by(200)]).toEqual(['missed', 'open', 'met'])
  })

  it('says why nobody knows', async () => {
    const none = await ask({ rows: [{ model: 'wan2.7-image', rows: 1 }] })
    expect(none.json()).toMatchObject({ price: [], forecast: { kind: 'unknown', reason: 'no-lane' } })
  })

  it('goes by the hours of a window', async () => {
    const now = new Date()
    const at = (hours: number) => `${String((now.getUTCHours() + hours) % 24).padStart(2, '0')}:00`
    const window = { from: at(3), to: at(5), timeZone: 'UTC' }
    const { forecast } = (await ask({ rows: rows(10), window })).json()
    expect(Date.parse(forecast.begin.from) - now.getTime()).toBeGreaterThan(2 * 3600_000 - 1)
  })

  it.each([
    ['/rows', { rows: [] }],
    ['/rows/0/model', { rows: [{ model: 'dall-e', rows: 1 }] }],
    ['/rows/0/rows', { rows: [{ model, rows: 0 }] }],
    ['/rows/0/rows', { rows: [{ model, rows: 1_000_001 }] }],
    ['/window', { rows: rows(1), window: { from: '22:00', to: '22:00', timeZone: 'UTC' } }],
    ['/window/from', { rows: rows(1), window: { from: '24:00', to: '22:00', timeZone: 'UTC' } }],
    [
      '/window/timeZone',
      { rows: rows(1), window: { from: '22:00', to: '06:00', timeZone: 'Europe/Atlantis' } },
    ],
    ['/finishBy', { rows: rows(1), finishBy: 'tomorrow' }],
  ])('refuses a bad %s and says where', async (pointer, body) => {
    const answer = await ask(body)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors[0].pointer).toBe(pointer)
  })

  it('warns where a batch is not expected to be done in time, and takes it all the same', async () => {
    const send = (finishBy: string) =>
      world.producer.app.inject({
        method: 'POST',
        url: '/v1/batches',
        headers: own,
        payload: { finishBy, edits: Array.from({ length: 20 }, () => fine) },
      })
    const soon = new Date(Date.now() + 60_000).toISOString()
    const late = await send(soon)
    expect(late.statusCode).toBe(202)
    expect(late.json()).toMatchObject({ finishBy: soon, warnings: [{ pointer: '/finishBy' }] })
    expect(late.json().warnings[0].detail).toMatch(
      /^It is not expected to be done by then\. It is expected from /,
    )
    const inTime = await send(new Date(Date.now() + 24 * 3600_000).toISOString())
    expect(inTime.json()).not.toHaveProperty('warnings')
    const bad = await send('tomorrow')
    expect([bad.statusCode, bad.json().errors[0].pointer]).toEqual([422, '/finishBy'])
    for (const answer of [late, inTime]) await ledger().cancelBatch(answer.json().id)
  })

  it('is part of a batch while it goes on', async () => {
    const created = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/batches',
      headers: own,
      payload: { edits: Array.from({ length: 20 }, () => fine) },
    })
    expect(created.statusCode).toBe(202)
    const read = async () =>
      (await world.producer.app.inject({ url: `/v1/batches/${created.json().id}`, headers: own })).json()
    expect((await read()).forecast).toMatchObject({ kind: 'range' })
    await ledger().cancelBatch(created.json().id)
    expect(await read()).toMatchObject({ counts: { canceled: 20 } })
    expect(await read()).not.toHaveProperty('forecast')
  })
})
