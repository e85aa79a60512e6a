import { openLedger } from '@restyle/shared/ledger/ledger'
import { fine, openProducer, type World } from './open-producer.ts'
import { openSse } from './open-sse.ts'

describe('GET /v1/events', () => {
  let world: World
  let headers: { authorization: string }
  let producer: string
  let round = 0
  const get = (query = '') => world.producer.app.inject({ url: `/v1/events${query}`, headers })

  /** An edit that ends at once, and so makes an event. */
  async function fail(code: string): Promise<string> {
    const posted = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers,
      payload: fine,
    })
    const ledger = openLedger(world.redis, world.prefix)
    const edit = await ledger.read(posted.json().id)
    if (edit === undefined) throw new Error('no edit')
    const failure = { code, message: 'as the test wants it' }
    await ledger.move(edit, { to: 'failed', set: { failure } })
    return edit.id
  }

  beforeAll(async () => {
    world = await openProducer({ followers: { all: 3, each: 3 } })
  })
  beforeEach(async () => {
    producer = `p${round++}`
    headers = await world.keyOf(producer)
  })
  afterAll(() => world.stop())

  it('gives pages, and the cursor to go on from', async () => {
    const ids = [await fail('One'), await fail('Two'), await fail('Three')]
    const answer = await get('?limit=2')
    const first = answer.json()
    expect(first.events.map(({ subject }: { subject: string }) => subject)).toEqual(ids.slice(0, 2))
    expect(first.events[0]).toMatchObject({
      specversion: '1.0',
      type: 'restyle.edit.failed',
      source: `/restyle/producers/${producer}`,
      data: { id: ids[0], state: 'failed', failure: { code: 'One' } },
    })
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers['link'])) ?? []
    const second = (await get(next)).json()
    expect(second.events.map(({ subject }: { subject: string }) => subject)).toEqual(ids.slice(2))
    const last = await get(`?cursor=${second.cursor}`)
    expect(last.json()).toEqual({ events: [], cursor: second.cursor })
    expect(last.headers['link']).toBeUndefined()
  })

  it('begins after what is there when asked for now', async () => {
    await fail('Old')
    const { events, cursor } = (await get('?cursor=now')).json()
    expect(events).toEqual([])
    const id = await fail('New')
    expect((await get(`?cursor=${cursor}`)).json().events).toMatchObject([{ subject: id }])
  })

  it('waits for an event that is not there yet', async () => {
    const { cursor } = (await get('?cursor=now')).json()
    const waiting = get(`?cursor=${cursor}&wait=20`)
    const id = await fail('Late')
    const began = Date.now()
    expect((await waiting).json().events).toMatchObject([{ subject: id }])
    expect(Date.now() - began).toBeLessThan(15_000)
  })

  it('waits no longer than asked', async () => {
    expect((await get('?wait=0.05')).json()).toEqual({ events: [], cursor: '0-1' })
  })

  it.each([
    ['?cursor=yesterday', 'cursor must be a cursor of an earlier answer, or now'],
    ['?limit=5000', 'limit must be at most 1000'],
    ['?wait=600', 'wait must be at most 30'],
    ['?since=1', 'since is not a known field'],
  ])('refuses %s', async (query, detail) => {
    const answer = await get(query)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ type: '/problems#invalid-parameter', detail })
  })

  it('streams what was, and what comes', async () => {
    const old = await fail('Old')
    const sse = await openSse(`${world.producer.url}/v1/events`, headers)
    expect(sse.response.headers.get('content-type')).toBe('text/event-stream')
    const first = await sse.next()
    expect(first).toMatchObject({ id: expect.stringMatching(/^\d+-\d+$/) })
    expect(JSON.parse(first['data'] ?? '')).toMatchObject({ subject: old })
    const id = await fail('New')
    expect(JSON.parse((await sse.next())['data'] ?? '')).toMatchObject({ subject: id })
    sse.cut()
  })

  it('goes on behind the Last-Event-ID, whatever the cursor says', async () => {
    await fail('One')
    const two = await fail('Two')
    const first = await openSse(`${world.producer.url}/v1/events?cursor=0`, headers)
    const { id = '' } = await first.next()
    first.cut()
    const second = await openSse(`${world.producer.url}/v1/events?cursor=0`, {
      ...headers,
      'last-event-id': id,
    })
    expect(JSON.parse((await second.next())['data'] ?? '')).toMatchObject({ subject: two })
    second.cut()
  })

  it('tells followers of two producers their own events only', async () => {
    const mine = await openSse(`${world.producer.url}/v1/events`, headers)
    const other = await world.keyOf('somebody-else')
    const theirs = await openSse(`${world.producer.url}/v1/events`, other)
    const id = await fail('Mine')
    expect(JSON.parse((await mine.next())['data'] ?? '')).toMatchObject({ subject: id })
    headers = other
    const otherId = await fail('Theirs')
    expect(JSON.parse((await theirs.next())['data'] ?? '')).toMatchObject({ subject: otherId })
    mine.cut()
    theirs.cut()
  })

  it('turns away who comes when every place is taken, and lets in when one left', async () => {
    // those of the tests before give up their places when their connections close
    const open = async () => {
      for (;;) {
        const sse = await openSse(`${world.producer.url}/v1/events`, headers)
        if (sse.response.status === 200) return sse
      }
    }
    const places = [await open(), await open(), await open()]
    const refused = await openSse(`${world.producer.url}/v1/events`, headers)
    expect(refused.response.status).toBe(503)
    expect(refused.response.headers.get('retry-after')).toBe('5')
    expect(refused.response.headers.get('content-type')).toBe('application/problem+json')
    places[0]?.cut()
    places[0] = await open()
    for (const each of places) each.cut()
  })

  it('stops reading for a reader that does not read', async () => {
    const big = { ...fine, prompt: 'x'.repeat(2_000) }
    const posted = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers,
      payload: big,
    })
    const ledger = openLedger(world.redis, world.prefix)
    const edit = await ledger.read(posted.json().id)
    if (edit === undefined) throw new Error('no edit')
    await ledger.move(edit, { to: 'canceled' })
    const key = `${world.prefix}:events:${producer}`
    const fields = (await world.redis.xrange(key, '-', '+'))[0]?.[1] ?? []
    const pipeline = world.redis.pipeline()
    for (let i = 0; i < 10_000; i++) pipeline.xadd(key, '*', ...fields)
    await pipeline.exec()

    const pages = async () =>
      Number(/cmdstat_xrange:calls=(\d+)/.exec(await world.redis.info('commandstats'))?.[1])
    const before = await pages()
    // some 25 MB: the socket is full long before
    const sse = await openSse(`${world.producer.url}/v1/events`, headers)
    await sse.next()
    let seen = -1
    while (seen !== (await pages())) {
      seen = await pages()
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    expect(seen - before).toBeLessThan(95)
    sse.cut()
  })

  it('ends its streams and waits when it stops', async () => {
    const own = await openProducer()
    const key = await own.keyOf('catalog')
    const sse = await openSse(`${own.producer.url}/v1/events`, key)
    const waiting = fetch(`${own.producer.url}/v1/events?wait=30`, { headers: key })
    const next = sse.next()
    // both are in: the stream has answered, and the wait shows at Redis
    for (;;) if (/cmd=xread/.test(String(await own.redis.client('LIST')))) break
    await own.stop()
    expect(await next).toEqual({ ended: 'yes' })
    expect([200, 503]).toContain((await waiting.catch(() => ({ status: 503 }))).status)
  })
})
