import { limits } from '@restyle/shared/contract/limits'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { createApiKey, revokeApiKey } from '@restyle/producer/http/api-keys'
import { fine, openProducer, type World } from './open-producer.ts'

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'
type TakenView = { receipt: string; attempt: number; event: { subject: string } }

describe('a group of consumers over HTTP', () => {
  let world: World
  let headers: { authorization: string }
  let producer: string
  let round = 0

  beforeAll(async () => {
    world = await openProducer({ followers: { all: 9, each: 3 } })
  })
  beforeEach(async () => {
    producer = `p${round++}`
    headers = await world.keyOf(producer)
  })
  afterAll(() => world.stop())

  const ask = async (method: Method, path: string, payload?: object) => {
    const url = `/v1/event-groups${path}`
    const sent = payload === undefined ? {} : { payload }
    const answer = await world.producer.app.inject({ method, url, headers, ...sent })
    return { status: answer.statusCode, body: answer.json() }
  }
  const make = (settings: object = {}) => ask('PUT', '/warehouse', settings)
  const pull = async (how: object = {}): Promise<TakenView[]> =>
    (await ask('POST', '/warehouse/pull', how)).body.events
  const subjects = (taken: readonly TakenView[]) => taken.map(({ event }) => event.subject)

  /** A pull that goes over a connection, and waits there once this resolves. */
  async function waits(authorization = headers.authorization) {
    const url = `${world.producer.url}/v1/event-groups/warehouse/pull`
    const sent = { authorization, 'content-type': 'application/json' }
    const leave = new AbortController()
    const answer = fetch(url, {
      method: 'POST',
      headers: sent,
      body: JSON.stringify({ wait: 30 }),
      signal: leave.signal,
    })
    answer.catch(() => undefined)
    await world.until(async () => (await ask('GET', '/warehouse')).body.pulledAt !== undefined)
    return { answer, leave: () => leave.abort() }
  }

  /** An edit that ends at once, and so makes an event. */
  async function fail(): Promise<string> {
    const request = { method: 'POST', url: '/v1/edits', headers, payload: fine } as const
    const ledger = openLedger(world.redis, world.prefix)
    const edit = await ledger.read((await world.producer.app.inject(request)).json().id)
    if (edit === undefined) throw new Error('no edit')
    await ledger.move(edit, { to: 'failed', set: { failure: { code: 'Told', message: 'x' } } })
    return edit.id
  }

  it('is made once, read, set otherwise, listed and removed', async () => {
    expect(await make()).toMatchObject({
      status: 201,
      body: { name: 'warehouse', visibilitySeconds: 60, attempts: 10, taken: 0, dead: 0 },
    })
    expect((await make({ visibilitySeconds: 5 })).body).toMatchObject({ visibilitySeconds: 5, attempts: 10 })
    expect((await ask('GET', '')).body).toMatchObject({ groups: [{ name: 'warehouse' }] })
    expect((await ask('DELETE', '/warehouse')).status).toBe(200)
    for (const [method, path, body] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/dead'],
      ['POST', '/pull', {}],
      ['POST', '/ack', { receipts: [] }],
      ['POST', '/return', { receipts: [] }],
      ['POST', '/extend', { receipts: [] }],
      ['POST', '/dead/retry', {}],
      ['POST', '/dead/drop', {}],
    ] as const)
      expect(await ask(method, `/warehouse${path}`, body)).toMatchObject({ status: 404 })
  })

  it.each([
    ['PUT', '/Ware-House', {}],
    ['PUT', '/warehouse', { visibilitySeconds: 0 }],
    ['PUT', '/warehouse', { visibilitySeconds: limits.eventVisibleSeconds + 1 }],
    ['PUT', '/warehouse', { attempts: limits.eventTries + 1 }],
    ['PUT', '/warehouse', { from: 'yesterday' }],
    ['POST', '/warehouse/pull', { limit: limits.eventPull + 1 }],
    ['POST', '/warehouse/pull', { wait: 31 }],
    ['POST', '/warehouse/ack', { receipts: ['1-1'] }],
    ['POST', '/warehouse/return', { receipts: [], afterSeconds: 1e9 }],
  ] as const)('refuses %s %s with %j', async (method, path, body) => {
    await make()
    expect((await ask(method, path, body)).status).toBeGreaterThanOrEqual(400)
  })

  it('settles a thousand events at once, and no more', async () => {
    await make()
    const receipts = Array(1_000).fill('1-1.1')
    expect((await ask('POST', '/warehouse/ack', { receipts })).body).toEqual({ settled: 0 })
    expect((await ask('POST', '/warehouse/ack', { receipts: [...receipts, '1-1.1'] })).status).toBe(422)
  })

  it('hands out events by receipts, which are acknowledged with the next pull or on their own', async () => {
    await make()
    const ids = [await fail(), await fail(), await fail()]
    const [first, second] = await pull({ limit: 2 })
    expect(first).toMatchObject({ attempt: 1, event: { subject: ids[0], type: 'restyle.edit.failed' } })
    expect(subjects(await pull({ ack: [first?.receipt] }))).toEqual([ids[2]])
    expect((await ask('GET', '/warehouse')).body).toMatchObject({ taken: 2 })
    const ack = { receipts: [second?.receipt] }
    expect((await ask('POST', '/warehouse/ack', ack)).body).toEqual({ settled: 1 })
    expect((await ask('POST', '/warehouse/ack', ack)).body).toEqual({ settled: 0 })
  })

  it('begins with the oldest event, with now, or after a cursor', async () => {
    const old = await fail()
    await make({ from: 'now' })
    expect(await pull()).toEqual([])
    const fresh = await fail()
    expect(subjects(await pull())).toEqual([fresh])
    await ask('DELETE', '/warehouse')
    await make()
    expect(subjects(await pull())).toEqual([old, fresh])
    const cursor = (await ask('GET', '/warehouse')).body.cursor
    await ask('DELETE', '/warehouse')
    await make({ from: cursor })
    expect(await pull()).toEqual([])
  })

  it('gives an event that was returned to whoever asks next, later where that is said', async () => {
    await make()
    const id = await fail()
    const [taken] = await pull()
    await ask('POST', '/warehouse/return', { receipts: [taken?.receipt], untried: true })
    const [again] = await pull()
    expect(again).toMatchObject({ attempt: 1, event: { subject: id } })
    await ask('POST', '/warehouse/return', { receipts: [again?.receipt], afterSeconds: 0.3 })
    expect(await pull()).toEqual([])
    const began = performance.now()
    expect(await pull({ wait: 20 })).toMatchObject([{ attempt: 2 }])
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  it('takes over what a consumer has left, after the time that it gives', async () => {
    await make({ visibilitySeconds: 1 })
    const id = await fail()
    const [taken] = await pull()
    await ask('POST', '/warehouse/extend', { receipts: [taken?.receipt] })
    expect(await pull()).toEqual([])
    expect(await pull({ wait: 20 })).toMatchObject([{ attempt: 2, event: { subject: id } }])
  })

  it('waits for an event, and lets no other producer have it', async () => {
    await make()
    const { answer } = await waits()
    const mine = headers
    headers = await world.keyOf('somebody-else')
    await make()
    const theirs = await pull()
    headers = mine
    const id = await fail()
    expect(await (await answer).json()).toMatchObject({ events: [{ event: { subject: id } }] })
    expect(theirs).toEqual([])
  })

  it('hands nothing out to whoever has left while it waited', async () => {
    await make()
    const { leave } = await waits()
    leave()
    // its place is free again
    await world.until(async () => {
      const answers = await Promise.all([1, 2, 3].map(() => ask('POST', '/warehouse/pull', { wait: 0.05 })))
      return answers.every(({ status }) => status === 200)
    })
    const id = await fail()
    expect(await pull()).toMatchObject([{ attempt: 1, event: { subject: id } }])
  })

  it('tells one of those who wait, and only that one', async () => {
    await make()
    const waiting = [pull({ wait: 2 }), pull({ wait: 2 })]
    await world.until(async () => /cmd=xread/.test(String(await world.redis.client('LIST'))))
    const id = await fail()
    expect((await Promise.all(waiting)).flatMap(subjects)).toEqual([id])
  })

  it('hands nothing out to a key that was revoked while it waited', async () => {
    await make()
    const { key, keyId } = await createApiKey(world.redis, world.prefix, producer)
    const { answer } = await waits(`Bearer ${key}`)
    const began = performance.now()
    await revokeApiKey(world.redis, world.prefix, keyId)
    expect((await answer).status).toBe(401)
    expect(performance.now() - began).toBeLessThan(3_000)
    await fail()
    expect(await pull()).toMatchObject([{ attempt: 1 }])
  })

  it('has a place only where it waits, and no more than its producer has', async () => {
    await make()
    const waiting = [1, 2, 3].map(() => pull({ wait: 5 }))
    await world.until(async () => (await ask('POST', '/warehouse/pull', { wait: 5 })).status === 503)
    expect((await ask('POST', '/warehouse/pull', {})).status).toBe(200)
    await fail()
    await Promise.all(waiting)
  })

  it('puts aside what was handed out too often, until it is retried or dropped', async () => {
    await make({ visibilitySeconds: 1, attempts: 1 })
    const ids = [await fail(), await fail()]
    const taken = await pull()
    await ask('POST', '/warehouse/return', { receipts: taken.map(({ receipt }) => receipt) })
    expect(await pull()).toEqual([])
    const dead = await ask('GET', '/warehouse/dead?limit=1')
    expect(dead.body).toMatchObject({ events: [{ attempts: 1, event: { subject: ids[0] } }] })
    const rest = await ask('GET', `/warehouse/dead?cursor=${dead.body.nextCursor}`)
    expect(rest.body).toMatchObject({ events: [{ event: { subject: ids[1] } }] })
    expect(rest.body).not.toHaveProperty('nextCursor')
    const [{ cursor }] = dead.body.events
    expect((await ask('POST', '/warehouse/dead/retry', { cursors: [cursor] })).body).toEqual({ settled: 1 })
    expect(subjects(await pull())).toEqual([ids[0]])
    expect((await ask('POST', '/warehouse/dead/drop', {})).body).toEqual({ settled: 1 })
    expect((await ask('GET', '/warehouse')).body).toMatchObject({ dead: 0, taken: 1 })
  })

  it('says how to go on where too many are dead, or groups', async () => {
    await make({ visibilitySeconds: 1, attempts: 1 })
    await fail()
    const dead = `${world.prefix}:event-group:${producer}:warehouse:dead`
    await world.redis.hset(
      dead,
      Object.fromEntries(Array.from({ length: limits.eventsDead }, (_, i) => [`1-${i}`, '{}'])),
    )
    const taken = await pull()
    await ask('POST', '/warehouse/return', { receipts: taken.map(({ receipt }) => receipt) })
    expect(await ask('POST', '/warehouse/pull', {})).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('too-many-dead'), detail: expect.stringContaining('/dead') },
    })
    for (let i = 1; i < limits.eventGroups; i += 1) expect((await ask('PUT', `/g${i}`, {})).status).toBe(201)
    expect(await ask('PUT', '/one-more', {})).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('too-many-groups') },
    })
  })

  it('is for keys with the scope events', async () => {
    headers = await world.keyOf(producer, ['edits:read', 'edits:write'])
    expect((await make()).status).toBe(403)
  })
})
