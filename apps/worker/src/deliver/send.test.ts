import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { Agent } from 'undici'
import { judge } from './next-delivery.ts'
import { send } from './send.ts'

describe('what an endpoint answers', () => {
  let behave: (response: ServerResponse) => void = (response) => void response.end()
  let asked = 0
  const server = createServer((request, response) => {
    asked += 1
    request.resume().once('end', () => behave(response))
  })
  const dispatcher = new Agent()
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
  })
  beforeEach(() => {
    asked = 0
  })
  afterAll(async () => {
    await dispatcher.destroy()
    server.closeAllConnections()
    server.close()
  })

  function sendOne(how: typeof behave, timeoutMs = 2_000) {
    behave = how
    const { port } = server.address() as AddressInfo
    const outgoing = { url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}' }
    return send(outgoing, { dispatcher, timeoutMs, signal: new AbortController().signal })
  }

  it('counts from its status on, although the connection breaks behind it: it is not sent again', async () => {
    const answer = await sendOne((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      void setTimeout(50).then(() => response.socket?.resetAndDestroy())
    })
    expect([judge(answer).delivered, asked]).toEqual([true, 1])
  })

  it('counts where its body never ends, and holds nobody up', async () => {
    const began = performance.now()
    const answer = await sendOne((response) => void response.writeHead(200).write('…'), 10_000)
    expect(judge(answer)).toEqual({ delivered: true, gone: false })
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('counts where it comes late but in time, and not after that', async () => {
    const after = (ms: number) => (response: ServerResponse) =>
      void setTimeout(ms).then(() => response.writeHead(204).end())
    expect(judge(await sendOne(after(300), 2_000)).delivered).toBe(true)
    expect(await sendOne(after(700), 350)).toEqual({ kind: 'none', why: 'no answer within 0.35 s' })
  })

  it.each([
    ['120', 120_000],
    ['0', 1_000],
    ['-5', 1_000],
    ['soon', 0],
    [new Date(Date.now() - 3600_000).toUTCString(), 1_000],
    ['1000000000', 600_000],
    [new Date(Date.now() + 24 * 3600_000).toUTCString(), 600_000],
  ])('asks for quiet with Retry-After: %s', async (retryAfter, ms) => {
    const answer = await sendOne(
      (response) => void response.writeHead(503, { 'retry-after': retryAfter }).end(),
    )
    expect(judge(answer).throttleMs).toBe(ms)
  })
})
