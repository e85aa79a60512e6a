import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { startScriptedProducer } from '../test/scripted-producer.ts'
import { ask, stream, type Wire } from './exchange.ts'

let producer: Awaited<ReturnType<typeof startScriptedProducer>>
let wire: Wire
beforeEach(async () => {
  producer = await startScriptedProducer()
  wire = { url: producer.url, key: 'rk', signal: undefined, fetch }
})
afterEach(() => producer.stop())

const call = { method: 'GET', path: '/v1/events?wait=1', timeoutMs: 50 } as const

describe('a producer that falls silent', () => {
  it('is given up when its answer is late', async () => {
    producer.scripted.answer = (_seen, response) => {
      response.write('{"half":')
      return null
    }
    await expect(ask(wire, call)).rejects.toMatchObject({
      code: 'no-answer',
      call: 'GET /v1/events',
      message: `${producer.url} gave no answer (nothing came within 50 ms)`,
    })
  })

  it('is given up when no more of a stream comes', async () => {
    producer.scripted.answer = (_seen, response) => {
      response.write('one')
      return null
    }
    const pieces = stream(wire, call)
    expect(text(await pieces.next())).toBe('one')
    await expect(pieces.next()).rejects.toMatchObject({ code: 'no-answer' })
  })

  it('is not blamed for the time that the reader takes', async () => {
    const written = Promise.withResolvers<ServerResponse>()
    producer.scripted.answer = (_seen, response) => {
      response.write('one')
      written.resolve(response)
      return null
    }
    const pieces = stream(wire, call)
    await pieces.next()
    // longer than the time-out, which does not run meanwhile
    await setTimeout(2 * call.timeoutMs)
    const response = await written.promise
    response.end('two')
    expect(text(await pieces.next())).toBe('two')
  })
})

const text = ({ value }: IteratorResult<Uint8Array, void>): string =>
  new TextDecoder().decode(value ?? undefined)
