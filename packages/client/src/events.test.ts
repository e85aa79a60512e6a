import { refuse, startScriptedProducer } from '../test/scripted-producer.ts'

let producer: Awaited<ReturnType<typeof startScriptedProducer>>
beforeEach(async () => {
  producer = await startScriptedProducer()
})
afterEach(() => producer.stop())

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
