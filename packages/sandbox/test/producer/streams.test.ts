import { createApiKey, revokeApiKey } from '@restyle/producer/http/api-keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { fine, openProducer, type World } from './open-producer.ts'
import { openSse } from './open-sse.ts'

describe('a stream of events', () => {
  let world: World
  let round = 0
  let producer: string
  let headers: { authorization: string }
  const url = (query = '') => `${world.producer.url}/v1/events${query}`

  beforeAll(async () => {
    world = await openProducer({ followers: { all: 5, each: 3 } })
  })
  beforeEach(async () => {
    producer = `p${round++}`
    headers = await world.keyOf(producer)
  })
  afterAll(() => world.stop())

  /** An edit that ends at once, and so makes an event. */
  async function fail(payload: object = fine): Promise<string> {
    const request = { method: 'POST', url: '/v1/edits', headers, payload } as const
    const ledger = openLedger(world.redis, world.prefix)
    const edit = await ledger.read((await world.producer.app.inject(request)).json().id)
    if (edit === undefined) throw new Error('no edit')
    const failure = { code: 'Told', message: 'as the test wants it' }
    await ledger.move(edit, { to: 'failed', set: { failure } })
    return edit.id
  }
  const subjectOf = (fields: Record<string, string>) => JSON.parse(fields['data'] ?? '{}').subject

  it('from now on tells its place at once: an outage before the first event loses nothing', async () => {
    await fail()
    const first = await openSse(url('?cursor=now'), headers)
    const { id = '' } = await first.next({ all: true })
    expect(id).toMatch(/^\d+-\d+$/)
    first.cut()
    const missed = await fail()
    const again = await openSse(url('?cursor=now'), { ...headers, 'last-event-id': id })
    expect(subjectOf(await again.next())).toBe(missed)
    again.cut()
  })

  it('a page from now on is answered at once, whatever it would wait', async () => {
    await fail()
    const began = performance.now()
    const answer = await fetch(url('?cursor=now&wait=30'), { headers })
    expect(performance.now() - began).toBeLessThan(10_000)
    const { events, cursor } = (await answer.json()) as { events: unknown[]; cursor: string }
    expect(events).toEqual([])
    const missed = await fail()
    const next = await fetch(url(`?cursor=${cursor}&wait=30`), { headers })
    expect(await next.json()).toMatchObject({ events: [{ subject: missed }] })
  })

  /** Revokes the key of a connection that `open` makes, and gives how long (ms) it took until `over` came true. */
  async function revoke<T>(
    open: (revoked: { authorization: string }) => T,
    over: (opened: Awaited<T>) => unknown,
  ) {
    const { key, keyId } = await createApiKey(world.redis, world.prefix, producer)
    const other = await openSse(url(), headers)
    const opened = await open({ authorization: `Bearer ${key}` })
    // both are in
    await world.until(async () => /cmd=xread/.test(String(await world.redis.client('LIST'))))
    const began = performance.now()
    await revokeApiKey(world.redis, world.prefix, keyId)
    await over(opened)
    const ms = performance.now() - began

    // another key of the same producer
    const id = await fail()
    for (;;) if (subjectOf(await other.next()) === id) break
    other.cut()
    return ms
  }

  it('whose key is revoked ends within 3 seconds, and those of other keys go on', async () => {
    const ms = await revoke(
      (revoked) => openSse(url(), revoked),
      async (sse) => expect(await sse.next()).toEqual({ ended: 'yes' }),
    )
    expect(ms).toBeLessThan(3_000)
  })

  it('that nobody reads ends as well when its key is revoked', async () => {
    const ms = await revoke(
      async (revoked) => {
        const [sse, third] = [await openSse(url(), revoked), await openSse(url(), headers)]
        await fill()
        return [sse, third]
      },
      async (both) => {
        // one of the producer's three places is free again
        await world.until(async () => {
          const { response, cut } = await openSse(url(), headers)
          cut()
          return response.status === 200
        })
        for (const { cut } of both) cut()
      },
    )
    expect(ms).toBeLessThan(3_000)
  })

  it('is not the only thing that ends with its key: a wait does, too', async () => {
    const ms = await revoke(
      (revoked) => ({ answer: fetch(url('?wait=30'), { headers: revoked }) }),
      async ({ answer }) => expect(await (await answer).json()).toMatchObject({ status: 401 }),
    )
    expect(ms).toBeLessThan(3_000)
  })

  /** 25 MB of events: more than any socket holds. */
  async function fill(): Promise<void> {
    const short = 'x'.repeat(100)
    await fail({ ...fine, prompt: short })
    const key = `${world.prefix}:events:${producer}`
    const fields = (await world.redis.xrange(key, '-', '+'))[0]?.[1] ?? []
    const long = fields.map((field) => field.replace(short, 'x'.repeat(50_000)))
    const pipeline = world.redis.pipeline()
    for (let i = 0; i < 500; i += 1) pipeline.xadd(key, '*', ...long)
    await pipeline.exec()
  }

  it('of one producer takes its own places only', async () => {
    const status = async (key: { authorization: string }) => {
      const sse = await openSse(url(), key)
      return { status: sse.response.status, cut: sse.cut }
    }
    const others = await world.keyOf('others')
    // those of the tests before give up their places when their connections close
    const open = []
    while (open.length < 3) {
      const { status: code, cut } = await status(headers)
      if (code === 200) open.push(cut)
    }
    const fourth = await openSse(url(), headers)
    expect(fourth.response.status).toBe(503)
    expect(fourth.response.headers.get('retry-after')).toBe('5')
    const other = await status(others)
    expect(other.status).toBe(200)
    for (const cut of [...open, other.cut, fourth.cut]) cut()
  })

  it('of a producer with a number of places of its own takes no more than those', async () => {
    const admin = await world.keyOf('boss', ['admin'])
    const set = { method: 'PATCH', url: `/v1/producers/${producer}`, headers: admin } as const
    const answer = await world.producer.app.inject({ ...set, payload: { places: 1 } })
    expect(answer.statusCode).toBe(200)
    const [first, second] = [await openSse(url(), headers), await openSse(url(), headers)]
    expect([first.response.status, second.response.status]).toEqual([200, 503])
    for (const each of [first, second]) each.cut()
  })

  it('leaves out an event that it cannot read, goes on, and a person hears of it', async () => {
    const before = await fail()
    const key = `${world.prefix}:events:${producer}`
    await world.redis.xadd(key, '*', 'type', 'restyle.edit.dreamt', 'id', 'x', 'data', '{}')
    await world.redis.xadd(key, '*', 'no', 'event at all')
    const after = await fail()
    const page = await world.producer.app.inject({ url: '/v1/events', headers })
    expect(page.json().events.map(({ subject }: { subject: string }) => subject)).toEqual([before, after])
    const sse = await openSse(url(), headers)
    expect([subjectOf(await sse.next()), subjectOf(await sse.next())]).toEqual([before, after])
    sse.cut()
    const told = world.lines.filter((line) => line.includes('event could not be read'))
    // each once, though both were read twice
    expect(told).toHaveLength(2)
    expect(told[0]).toContain('"level":"error"')
  })

  it('waits after events that it cannot read as it waits after others', async () => {
    await world.redis.xadd(`${world.prefix}:events:${producer}`, '*', 'no', 'event at all')
    const sse = await openSse(url(), headers)
    await sse.next({ all: true })
    const reads = async () =>
      Number(/cmdstat_xrange:calls=(\d+)/.exec(await world.redis.info('commandstats'))?.[1])
    await world.until(async () => /cmd=xread/.test(String(await world.redis.client('LIST'))))
    const before = await reads()
    const id = await fail()
    expect(subjectOf(await sse.next())).toBe(id)
    expect((await reads()) - before).toBeLessThan(5)
    sse.cut()
  })
})
