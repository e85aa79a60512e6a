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
