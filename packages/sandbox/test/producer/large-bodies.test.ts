import { once } from 'node:events'
import { request as sendRequest } from 'node:http'
import { limits } from '@restyle/shared/contract/limits'
import { fine, openProducer, type World } from './open-producer.ts'

describe('large bodies', () => {
  let world: World
  beforeAll(async () => {
    world = await openProducer()
  })
  afterAll(() => world.stop())

  /** Sends the beginning of a batch that says how long it will be, and waits with the rest. */
  async function begin(headers: { authorization: string }, bytes: number) {
    const sent = sendRequest(`${world.producer.url}/v1/batches`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': bytes,
        // answered when the producer has taken the head of the request
        expect: '100-continue',
      },
    })
    const begun = once(sent, 'continue')
    sent.flushHeaders()
    await begun
    sent.on('error', () => {})
    return { cut: () => sent.destroy() }
  }
  const post = (headers: { authorization: string }, payload: object) =>
    world.producer.app.inject({ method: 'POST', url: '/v1/batches', headers, payload })

  it('of one producer are held up to a bound, before they are read; small ones and other producers are taken', async () => {
    const [mine, theirs] = [await world.keyOf('mine'), await world.keyOf('theirs')]
    const held = limits.heldBytesEach / limits.batchBodyBytes
    const slow = await Promise.all(Array.from({ length: held }, () => begin(mine, limits.batchBodyBytes)))
    const large = { edits: Array.from({ length: 600 }, () => ({ ...fine, prompt: 'x'.repeat(1_900) })) }
    const refused = await post(mine, large)
    expect(refused.statusCode).toBe(503)
    expect(refused.headers['retry-after']).toBe('2')
    expect(refused.json().detail).toContain('Large bodies of this producer are being read')
    expect((await post(mine, { edits: [fine] })).statusCode).toBe(202)
    expect((await post(theirs, large)).statusCode).toBe(202)

    for (const { cut } of slow) cut()
    await world.until(async () => (await post(mine, large)).statusCode === 202)
  })
})
