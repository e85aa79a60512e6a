import { refuse, startScriptedProducer } from '../test/scripted-producer.ts'
import { createClient } from './client.ts'
import { retryNothing } from './retry.ts'

let producer: Awaited<ReturnType<typeof startScriptedProducer>>
beforeEach(async () => {
  producer = await startScriptedProducer()
})
afterEach(() => producer.stop())

const request = { prompt: 'on oak', images: ['https://example.com/a.png'] }

describe('a call', () => {
  it('carries the key, its names in the path and what is asked for in the query', async () => {
    producer.scripted.answer = () => ({ edits: [] })
    await producer.client({ url: `${producer.url}/` }).batches.page('batch_a/b', { limit: 2 })
    expect(producer.seen).toMatchObject([
      {
        call: 'GET /v1/batches/batch_a%2Fb/edits?limit=2',
        headers: { authorization: 'Bearer rk_key_secret' },
      },
    ])
  })

  it('that makes something keeps one key and one body through all repeats', async () => {
    producer.scripted.answer = (_seen, response) => {
      switch (producer.seen.length) {
        case 1:
          return undefined
        case 2:
          response.setHeader('retry-after', '7')
          return refuse(response, 503, 'unavailable')
        default:
          return { id: 'edit_1' }
      }
    }
    expect(await producer.client().edits.create(request)).toEqual({ id: 'edit_1' })
    expect(producer.waits).toEqual([500, 7000])
    expect(producer.seen.map(({ headers, body }) => [headers['idempotency-key'], JSON.parse(body)])).toEqual(
      Array(3).fill(['made-up-key', request]),
    )
  })

  it('says what was refused, by a stable code', async () => {
    const faults = [{ pointer: '/edits/0/n', row: 1, detail: 'n is 9' }]
    producer.scripted.answer = (_seen, response) =>
      refuse(response, 422, 'invalid-request', { errors: faults })
    const creating = producer.client().batches.create({ edits: [request] }, { idempotencyKey: 'monday' })
    await expect(creating).rejects.toMatchObject({
      name: 'ApiError',
      code: 'invalid-request',
      message: 'A reason.',
      call: 'POST /v1/batches',
      status: 422,
      faults,
      idempotencyKey: 'monday',
      transient: false,
    })
    expect(producer.seen).toHaveLength(1)
  })

  it('is sent again with the same bytes and not a moment before it is told', async () => {
    const at: number[] = []
    producer.scripted.answer = (_seen, response) => {
      at.push(performance.now())
      if (at.length > 1) return { id: 'edit_1' }
      response.setHeader('retry-after', '2')
      return refuse(response, 503, 'unavailable')
    }
    const wholly = async (input: Parameters<typeof fetch>[0], init?: RequestInit) =>
      fetch(new Request(input, init))
    // the real clock
    const client = createClient({ url: producer.url, key: 'rk_key_secret', fetch: wholly })
    await client.edits.create(request)
    expect(at).toHaveLength(2)
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(2_000)
    const [first, second] = producer.seen
    expect(second?.body).toBe(first?.body)
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
  })

  it.each([61, 2 ** 31, 10 ** 9])('that may be repeated in %i s says so at once', async (seconds) => {
    producer.scripted.answer = (_seen, response) => {
      response.setHeader('retry-after', String(seconds))
      response.setHeader('x-request-id', 'request-7')
      return refuse(response, 503, 'unavailable')
    }
    await expect(producer.client().edits.create(request)).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: seconds * 1_000,
      requestId: 'request-7',
    })
    expect(producer.seen).toHaveLength(1)
  })

  it('goes by the clock of the producer where that tells a date', async () => {
    const ahead = Date.now() + 3600_000
    producer.scripted.answer = (_seen, response) => {
      if (producer.seen.length > 1) return { id: 'edit_1' }
      response.setHeader('date', new Date(ahead).toUTCString())
      response.setHeader('retry-after', new Date(ahead + 9_000).toUTCString())
      return refuse(response, 503, 'unavailable')
    }
    await producer.client().edits.create(request)
    expect(producer.waits).toEqual([9_000])
  })

  it('gives up after five repeats, and names the key to repeat it with', async () => {
    producer.scripted.answer = () => undefined
    await expect(producer.client().edits.create(request)).rejects.toMatchObject({
      code: 'no-answer',
      transient: true,
      idempotencyKey: 'made-up-key',
    })
    expect(producer.seen).toHaveLength(6)
  })

  it.each([
    ['a page of a stranger', 200, '<html>', 'unexpected-answer'],
    ['JSON of a stranger', 200, '{"hello":"world"}', 'unexpected-answer'],
    ['a refusal without a reason', 400, '<html>', 'unexpected-answer'],
    ['a redirect, which the key does not follow,', 302, '', 'unexpected-answer'],
    ['a gateway that refuses the key', 401, '', 'unauthorized'],
  ])('takes %s for what it is', async (_what, status, text, code) => {
    producer.scripted.answer = (_seen, response) => {
      response.writeHead(status, status === 302 ? { location: `${producer.url}/elsewhere` } : {})
      response.end(text)
      return null
    }
    await expect(producer.client().edits.read('edit_1')).rejects.toMatchObject({ code, transient: false })
    expect(producer.seen).toHaveLength(1)
  })

  it('says that nobody listens', async () => {
    const { url } = producer
    await producer.stop()
    const away = producer.client({ retry: retryNothing })
    await expect(away.models.list()).rejects.toMatchObject({
      code: 'unreachable',
      message: `nobody answers at ${url} (ECONNREFUSED)`,
    })
    producer = await startScriptedProducer()
  })

  it('with what HTTP cannot carry, or to what is not an address, is a mistake that is thrown at once', async () => {
    expect(() => producer.client({ url: 'producer' })).toThrow('Invalid URL')
    await expect(producer.client().edits.create(request, { idempotencyKey: 'π' })).rejects.toThrow(
      /ByteString/,
    )
    await expect(producer.client({ key: 'π' }).events.follow().next()).rejects.toThrow(/ByteString/)
    expect({ seen: producer.seen, waits: producer.waits }).toEqual({ seen: [], waits: [] })
  })

  it('ends with the reason of whoever aborts it, and is not repeated', async () => {
    const stop = new AbortController()
    producer.scripted.answer = () => {
      stop.abort(new Error('enough'))
      return null
    }
    await expect(producer.client().edits.read('edit_1', { signal: stop.signal })).rejects.toThrow('enough')
    await expect(producer.client({ signal: stop.signal }).edits.read('edit_1')).rejects.toThrow('enough')
    expect(producer.waits).toEqual([])
  })
})

describe('a list', () => {
  it('is read page by page as it is used', async () => {
    producer.scripted.answer = ({ call }) =>
      call.includes('cursor=2')
        ? { edits: [{ id: 'c' }] }
        : { edits: [{ id: 'a' }, { id: 'b' }], nextCursor: '2' }
    const ids: string[] = []
    for await (const { id } of producer.client().batches.edits('batch_1')) {
      ids.push(`${id} after ${producer.seen.length}`)
    }
    expect(ids).toEqual(['a after 1', 'b after 1', 'c after 2'])
  })
})

describe('events that are followed', () => {
  const frame = (id: number) => `id: ${id}-0\ndata: {"id":"event-${id}"}\n\n`

  it('continue after each break with the event after the last one that was taken', async () => {
    const stop = new AbortController()
    producer.scripted.answer = (_seen, response) => {
      switch (producer.seen.length) {
        case 1:
          // the second event is cut in two: it has not arrived
          response.writeHead(200)
          response.write(`retry: 2000\n\n: heartbeat\n\n${frame(1)}id: 2-0\ndata: {"id"`, () =>
            response.destroy(),
          )
          return null
        case 2:
          response.setHeader('retry-after', '5')
          return refuse(response, 503, 'too-many-followers')
        case 3:
          response.end(frame(2))
          return null
        default:
          stop.abort(new Error('enough'))
          return undefined
      }
    }
    const taken: unknown[] = []
    const breaks: string[] = []
    const following = async () => {
      for await (const delivered of producer.client().events.follow({
        after: 'now',
        signal: stop.signal,
        onBreak: ({ code }) => breaks.push(code),
      }))
        taken.push(delivered)
    }
    await expect(following()).rejects.toThrow('enough')
    expect(taken).toEqual([
      { cursor: '1-0', event: { id: 'event-1' } },
      { cursor: '2-0', event: { id: 'event-2' } },
    ])
    expect(producer.seen.map(({ headers }) => headers['last-event-id'])).toEqual(['now', '1-0', '1-0', '2-0'])
    expect(producer.waits).toEqual([500, 5000, 500])
    expect(breaks).toEqual(['no-answer', 'too-many-followers', 'no-answer'])
  })

  it('are all there after two refusals of a reconnect that tell when to come back', async () => {
    producer.scripted.answer = (_seen, response) => {
      const { length } = producer.seen
      if (length === 2 || length === 3) {
        response.setHeader('retry-after', String(length))
        return refuse(response, 503, 'unavailable')
      }
      const after = Number(/\d+/.exec(String(producer.seen.at(-1)?.headers['last-event-id'] ?? '0'))?.[0])
      const upTo = length === 1 ? 40 : 100
      response.end(Array.from({ length: upTo - after }, (_, i) => frame(after + i + 1)).join(''))
      return null
    }
    const ids: string[] = []
    for await (const { event } of producer.client().events.follow()) {
      ids.push(event.id)
      if (ids.length === 100) break
    }
    expect(ids).toEqual(Array.from({ length: 100 }, (_, i) => `event-${i + 1}`))
    expect(producer.waits).toEqual([500, 2_000, 3_000])
  })

  it('are given up where the producer asks to come back much later', async () => {
    producer.scripted.answer = (_seen, response) => {
      response.setHeader('retry-after', '3600')
      return refuse(response, 503, 'unavailable')
    }
    await expect(producer.client().events.follow().next()).rejects.toMatchObject({ retryAfterMs: 3_600_000 })
    expect(producer.waits).toEqual([])
  })

  it('that are gone are told, and are an error where nobody hears of them', async () => {
    const gap = { after: '1-0', upTo: '7-0' }
    producer.scripted.answer = (_seen, response) => {
      response.end(`id: 7-0\nevent: gap\ndata: ${JSON.stringify(gap)}\n\n${frame(8)}`)
      return null
    }
    const gaps: unknown[] = []
    const told = producer.client().events.follow({ after: '1-0', onGap: (each) => gaps.push(each) })
    expect((await told.next()).value).toMatchObject({ cursor: '8-0' })
    expect(gaps).toEqual([gap])
    await told.return(undefined)
    await expect(producer.client().events.follow({ after: '1-0' }).next()).rejects.toMatchObject({
      code: 'events-gone',
      message: expect.stringContaining('begin after 7-0'),
    })
  })

  it('begun now go on from where the producer said that was, although no event had come', async () => {
    const stop = new AbortController()
    producer.scripted.answer = (_seen, response) => {
      switch (producer.seen.length) {
        case 1:
          response.write(': hello\r\nid: 41-', () =>
            response.write('0\r\n\r\nid: 99-0\r\n', () => response.destroy()),
          )
          return null
        case 2:
          response.end(`${frame(42)}id: 43-0\n\n`)
          return null
        default:
          stop.abort(new Error('enough'))
          return undefined
      }
    }
    const places: string[] = []
    const following = async () => {
      for await (const { cursor } of producer.client().events.follow({
        after: 'now',
        signal: stop.signal,
        onPlace: (place) => places.push(place),
      }))
        places.push(`event ${cursor}`)
    }
    await expect(following()).rejects.toThrow('enough')
    expect(places).toEqual(['41-0', 'event 42-0', '43-0'])
    expect(producer.seen.map(({ headers }) => headers['last-event-id'])).toEqual(['now', '41-0', '43-0'])
  })

  it('let go of the connection when nobody takes them any more', async () => {
    const closed = Promise.withResolvers<void>()
    producer.scripted.answer = (_seen, response) => {
      response.once('close', () => closed.resolve())
      response.write(frame(1))
      return null
    }
    for await (const { cursor } of producer.client().events.follow()) {
      expect(cursor).toBe('1-0')
      break
    }
    await closed.promise
  })

  it('end with a refusal that will not pass, and with what is not JSON', async () => {
    producer.scripted.answer = (_seen, response) => refuse(response, 401, 'unauthorized')
    await expect(producer.client().events.follow().next()).rejects.toMatchObject({ code: 'unauthorized' })
    producer.scripted.answer = (_seen, response) => {
      response.end('data: {\n\n')
      return null
    }
    await expect(producer.client().events.follow().next()).rejects.toMatchObject({
      code: 'unexpected-answer',
    })
    expect(producer.waits).toEqual([])
  })
})
