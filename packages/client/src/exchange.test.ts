import { startScriptedProducer } from '../test/scripted-producer.ts'
import { ask, stream, type Wire } from './exchange.ts'

let producer: Awaited<ReturnType<typeof startScriptedProducer>>
let wire: Wire
/** Ends the silence that the call under test waits in, as if its time had passed. */
let timePasses: () => void
let counting: boolean
beforeEach(async () => {
  producer = await startScriptedProducer()
  const silenceOf = (ms: number) => {
    const controller = new AbortController()
    timePasses = () => controller.abort(new Error(`nothing came within ${ms} ms`))
    return { signal: controller.signal, start: () => (counting = true), stop: () => (counting = false) }
  }
  wire = { url: producer.url, admission: {}, signal: undefined, fetch, silenceOf }
})
afterEach(() => producer.stop())

const call = { method: 'GET', path: '/v1/events?wait=1', timeoutMs: 50 } as const

/** Begins to answer, and does not go on. */
const beginsWith = (text: string, then: () => void = () => undefined) => {
  producer.scripted.answer = (_seen, response) => {
    response.write(text, then)
    return null
  }
}

describe('a producer that falls silent', () => {
  it('is given up when its answer is late', async () => {
    beginsWith('{"half":', () => timePasses())
    await expect(ask(wire, call)).rejects.toMatchObject({
      code: 'no-answer',
      call: 'GET /v1/events',
      message: `${producer.url} gave no answer (nothing came within 50 ms)`,
    })
    expect(counting).toBe(false)
  })

  it('is given up when no more of a stream comes', async () => {
    beginsWith('one')
    const pieces = stream(wire, call)
    expect(text(await pieces.next())).toBe('one')
    const next = pieces.next()
    expect(counting).toBe(true)
    timePasses()
    await expect(next).rejects.toMatchObject({ code: 'no-answer' })
  })

  it('is not blamed for the time that the reader takes', async () => {
    beginsWith('one')
    const pieces = stream(wire, call)
    await pieces.next()
    expect(counting).toBe(false)
    await pieces.return(undefined)
  })
})

const text = ({ value }: IteratorResult<Uint8Array, void>): string =>
  new TextDecoder().decode(value ?? undefined)
