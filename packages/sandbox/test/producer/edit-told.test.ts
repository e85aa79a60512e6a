import { fine, openProducer, type World } from './open-producer.ts'

/** How far the event of an edit has come, as its history tells it. */
describe('the last event of an edit', () => {
  let world: World
  beforeAll(async () => {
    world = await openProducer()
  })
  afterAll(() => world.stop())

  async function openCaller(producer: string) {
    const headers = await world.keyOf(producer)
    const call = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, as = headers) => {
      const answer = await world.producer.app.inject({
        method,
        url,
        headers: as,
        ...(payload === undefined ? {} : { payload }),
      })
      if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.body}`)
      return answer.json()
    }
    /** An edit that was canceled, which an event tells. */
    const canceled = async (): Promise<string> => {
      const { id } = await call('POST', '/v1/edits', fine)
      await call('POST', `/v1/edits/${id}/cancel`)
      return id
    }
    const delivery = async (id: string, as = headers) =>
      (await call('GET', `/v1/edits/${id}/history`, undefined, as)).delivery
    return { call, canceled, delivery }
  }

  it('is told with how far each group is', async () => {
    const { call, canceled, delivery } = await openCaller('groups')
    await call('PUT', '/v1/event-groups/warehouse', { attempts: 1, visibilitySeconds: 1 })
    const id = await canceled()
    const { events, cursor } = await call('GET', '/v1/events')
    expect(events.at(-1).subject).toBe(id)
    const stands = async () => (await delivery(id)).groups
    expect(await delivery(id)).toEqual({
      cursor,
      webhooks: [],
      groups: [{ name: 'warehouse', state: 'waits' }],
    })
    const { events: taken } = await call('POST', '/v1/event-groups/warehouse/pull', { limit: 100 })
    expect(await stands()).toEqual([{ name: 'warehouse', state: 'taken' }])
    const receipts = taken.map(({ receipt }: { receipt: string }) => receipt)
    await call('POST', '/v1/event-groups/warehouse/ack', { receipts })
    expect(await stands()).toEqual([{ name: 'warehouse', state: 'done' }])

    const other = await canceled()
    await call('POST', '/v1/event-groups/warehouse/pull', { limit: 100 })
    await world.until(async () => {
      await call('POST', '/v1/event-groups/warehouse/pull', { limit: 100 })
      return (await delivery(other)).groups[0].state === 'dead'
    })
    expect(await stands()).toEqual([{ name: 'warehouse', state: 'done' }])
  })

  it('is told with how far each webhook is that it is for', async () => {
    const { call, canceled, delivery } = await openCaller('hooks')
    const earlier = await canceled()
    const hook = async (more: object): Promise<string> =>
      (await call('POST', '/v1/webhooks', { url: 'https://47.95.0.1/hook', ...more })).webhook.id
    const orders = await hook({ description: 'orders' })
    await hook({ types: ['restyle.edit.failed'] })
    const id = await canceled()
    const told = await delivery(id)
    expect(told.webhooks).toEqual([{ id: orders, description: 'orders', state: 'waits' }])
    // both begin after that one
    expect((await delivery(earlier)).webhooks).toEqual([])
    const key = `${world.prefix}:webhook:${orders}`
    await world.redis.hset(key, 'cursor', told.cursor)
    expect((await delivery(id)).webhooks).toEqual([{ id: orders, description: 'orders', state: 'sent' }])
    await world.redis.zadd(`${key}:retries`, 1_900_000_000_000, told.cursor)
    expect((await delivery(id)).webhooks).toEqual([
      { id: orders, description: 'orders', state: 'retries', nextAt: '2030-03-17T17:46:40.000Z' },
    ])
  })

  it('is told to a key as far as that may know of webhooks and groups', async () => {
    const { canceled, delivery } = await openCaller('lesser')
    const id = await canceled()
    expect(await delivery(id, await world.keyOf('lesser', ['edits:read']))).toEqual({
      cursor: expect.any(String),
    })
    expect(await delivery(id, await world.keyOf('lesser', ['edits:read', 'events']))).toEqual({
      cursor: expect.any(String),
      groups: [],
    })
  })

  it('is not told where there is none, or where it is gone', async () => {
    const { call, canceled, delivery } = await openCaller('none')
    const { id } = await call('POST', '/v1/edits', fine)
    expect(await delivery(id)).toBeUndefined()
    const over = await canceled()
    expect(await delivery(over)).toBeDefined()
    const stream = `${world.prefix}:events:none`
    await world.redis.del(stream)
    // another one stands where it was
    await world.redis.xadd(stream, '9999999999999-0', 'type', 'restyle.edit.canceled', 'id', 'of-another')
    expect(await delivery(over)).toBeUndefined()
  })
})
