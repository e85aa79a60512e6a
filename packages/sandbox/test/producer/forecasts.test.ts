import type { LaneCard } from '@restyle/shared/ledger/lanes'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { changeProducer } from '@restyle/shared/receipt/producer-settings'
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
    expect(forecast.detail).toContain(`Rows are submitted ${window.from} to ${window.to} in UTC only.`)
  })

  describe('with money that is limited', () => {
    const price = 200_000
    const cny = (rows: number) => ({ currency: 'CNY' as const, micros: rows * price })
    const cap = (per: 'day' | 'total', count: number, zone = 'UTC') =>
      changeProducer(
        'catalog',
        { caps: [{ per, ...cny(count) }], zone },
        { ledger: ledger(), store: world.store },
        Date.now(),
      )
    // what is read is kept for a moment
    const until = (at: (told: { forecast: { kind: string }; left: object[] }) => boolean, body: object) =>
      world.until(async () => at((await ask(body)).json()), 10_000)
    beforeAll(() => announce({ price: cny(1) }))
    afterAll(async () => {
      await changeProducer('catalog', { caps: [] }, { ledger: ledger(), store: world.store }, Date.now())
      await until(({ left }) => left.length === 0, { rows: rows(1) })
    })

    it('is where the budget is spent, and about when', async () => {
      const body = { rows: rows(500), budget: cny(100) }
      await until(({ forecast }) => forecast.kind === 'stops', body)
      const told = (await ask(body)).json()
      expect(told).toMatchObject({
        left: [{ of: 'budget', ...cny(100), freeMicros: 100 * price, aheadMicros: 0 }],
        forecast: { kind: 'stops', afterRows: 100, ofRows: 500, by: 'budget' },
      })
      const minutes = (Date.parse(told.forecast.at) - Date.now()) / 60_000
      expect(minutes).toBeGreaterThan(15)
      expect(minutes).toBeLessThan(25)
      expect(told.forecast.detail).toMatch(
        /^It stops after 100 of 500 rows, at about 2\d.+Z: the budget of the batch pays for no more\. It goes on when/,
      )
      expect((await ask({ ...body, budget: cny(500) })).json().forecast.kind).toBe('range')
    })

    it('says that it is not done by then, where the budget does not suffice', async () => {
      const finishBy = new Date(Date.now() + 9 * 3600_000).toISOString()
      expect((await ask({ rows: rows(500), budget: cny(1), finishBy })).json().finishBy.outlook).toBe(
        'missed',
      )
    })

    it('is where the cap of the producer is reached, in all or for a day, which goes on by itself', async () => {
      await cap('total', 40)
      await until(({ forecast }) => forecast.kind === 'stops', { rows: rows(500) })
      expect((await ask({ rows: rows(500) })).json()).toMatchObject({
        left: [{ of: 'total', ...cny(40), freeMicros: 40 * price }],
        forecast: { kind: 'stops', afterRows: 40, by: 'total' },
      })
      // a zone in which the day has some hours left
      const zone = new Date().getUTCHours() < 12 ? 'Etc/GMT' : 'Etc/GMT-12'
      await cap('day', 10, zone)
      await until(({ left }) => JSON.stringify(left).includes('"day"'), { rows: rows(25) })
      const { forecast, left } = (await ask({ rows: rows(25) })).json()
      expect(left).toMatchObject([{ of: 'day', ...cny(10), until: expect.stringMatching(/:00:00\.000Z$/) }])
      expect(forecast.pause).toMatchObject({ afterRows: 10, ofRows: 25, until: left[0].until })
      expect(forecast.pause.detail).toContain('It goes on by itself at ')
      // ten on each of three days
      const days = (Date.parse(forecast.end.from) - Date.parse(left[0].until)) / (24 * 3600_000)
      expect(days).toBeGreaterThan(1)
      expect(days).toBeLessThan(1.1)
    })

    it('is of a batch too, which has its own budget', async () => {
      const payload = { edits: Array.from({ length: 20 }, () => fine), budget: cny(5) }
      const url = '/v1/batches'
      const created = (await world.producer.app.inject({ method: 'POST', url, headers: own, payload })).json()
      const read = await world.producer.app.inject({ url: `/v1/batches/${created.id}`, headers: own })
      expect(read.json().forecast).toMatchObject({ kind: 'stops', afterRows: 5, ofRows: 20, by: 'budget' })
      await ledger().cancelBatch(created.id)
    })

    it('refuses an amount that is none', async () => {
      const answer = await ask({ rows: rows(1), budget: { currency: 'CNY', micros: 0 } })
      expect([answer.statusCode, answer.json().errors[0].pointer]).toEqual([422, '/budget/micros'])
    })
  })

  it('says that a record is damaged that it is made of, and which one in the log', async () => {
    const key = ledgerKeys(world.prefix).slotTimes('four')
    await announce({ id: 'four', name: 'four', model: 'wan2.7-image', region: 'beijing' })
    await world.redis.set(key, 'broken on purpose')
    const wanted = { rows: [{ model: 'wan2.7-image', rows: 1 }] }
    await world.until(async () => (await ask(wanted)).statusCode === 500)
    const answer = await ask(wanted)
    expect(answer.json().detail).toMatch(/^The forecast cannot be made: a record that it is made of/)
    expect(answer.body).not.toContain(world.prefix)
    const [warned = ''] = world.lines.filter((line) => line.includes('forecast could not be made'))
    expect(warned).toContain(key)
    // others are told as before
    expect((await ask({ rows: rows(1) })).statusCode).toBe(200)
    await world.redis.del(key)
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
