import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { createLog } from '@restyle/shared/log'
import type { Api } from './api.ts'
import { defaultHttp, type HttpOptions, openServer } from './open-server.ts'
import { sparingLog } from './sparing-log.ts'

const lines: string[] = []
const log = createLog('debug', { write: (line) => void lines.push(line) })
const open = async (options: Partial<HttpOptions> = {}) =>
  openServer(
    { ...defaultHttp, ...options },
    { log, warn: sparingLog(log), stopping: new AbortController().signal },
  )

describe('a server', () => {
  let app: Api
  let port: number
  let destroyed = false
  let read = 0
  beforeAll(async () => {
    app = await open()
    app.get('/things/:name', async ({ params }) => params)
    app.post('/things', { handlerTimeout: 200 }, async () => ({}))
    app.get('/long', (_request, reply) => {
      const long = new Readable({
        read() {
          read += 1
          this.push(read > 500 ? null : 'x'.repeat(16_384))
        },
        destroy(error, done) {
          destroyed = true
          done(error)
        },
      })
      return reply.send(long)
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    port = (app.server.address() as AddressInfo).port
  })
  afterAll(() => app.close())

  /** All that comes back for these bytes, until the server closes. */
  async function answerTo(
    bytes: string,
    to = port,
  ): Promise<{ status: number; headers: string; body: string }> {
    const socket = connect(to, '127.0.0.1')
    socket.on('error', () => {})
    let text = ''
    socket.on('data', (data) => (text += String(data)))
    socket.write(bytes)
    await new Promise((resolve) => socket.once('close', resolve))
    const [headers = '', body = ''] = text.split(/\r\n\r\n/)
    return { status: Number(/^HTTP\/1.1 (\d+)/.exec(headers)?.[1]), headers, body }
  }

  it.each([
    ['what is no HTTP', 'HELLO\r\n\r\n', 400, 'malformed-request'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n', 400, 'malformed-request'],
    [
      'two lengths',
      'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx',
      400,
      'malformed-request',
    ],
    [
      'headers that are too long',
      `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(17_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    [
      'far longer headers',
      `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(1_000_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
  ])('answers %s with a problem, and ends the connection', async (_what, bytes, status, code) => {
    const answer = await answerTo(bytes)
    expect(answer.status).toBe(status)
    const id = /^x-request-id: (\S+)$/m.exec(answer.headers)?.[1]
    expect(JSON.parse(answer.body)).toMatchObject({ code, status, instance: id })
    expect(answer.headers).toMatch(/content-type: application\/problem\+json/)
    await expect(
      answerTo('GET /things/a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'),
    ).resolves.toMatchObject({ status: 200 })
  })

  it('answers headers that do not come to their end', async () => {
    const slow = await open({ headersTimeoutMs: 200 })
    await slow.listen({ port: 0, host: '127.0.0.1' })
    const answer = await answerTo(
      'GET / HTTP/1.1\r\nhost: x\r\n',
      (slow.server.address() as AddressInfo).port,
    )
    expect(answer.status).toBe(408)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'request-timeout' })
    await slow.close()
  })

  it('answers a body that does not come to its end, and ends the connection', async () => {
    const head =
      'POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n'
    const answer = await answerTo(`${head}{`)
    expect(answer.status).toBe(408)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'request-timeout' })
  })

  it.each([
    ['/things/%zz', 400, 'malformed-request'],
    [`/things/${'x'.repeat(1_001)}`, 414, 'uri-too-long'],
    [`/things/a?${'x'.repeat(8_200)}`, 414, 'uri-too-long'],
  ])('refuses an address that cannot be read: %s', async (url, status, code) => {
    const answer = await app.inject({ url, headers: { 'x-request-id': 'a-1' } })
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['x-request-id']).toBe('a-1')
    expect(answer.json()).toMatchObject({ code, instance: 'a-1' })
  })

  it('takes a name of a hundred letters of any script in an address', async () => {
    const name = '目'.repeat(100)
    expect((await app.inject({ url: `/things/${encodeURIComponent(name)}` })).json()).toEqual({ name })
  })

  it('reads nothing of what a HEAD would not send', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/long`, { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-length')).toBeNull()
    expect(destroyed).toBe(true)
    expect(read).toBeLessThan(3)
  })

  it('believes X-Forwarded-For of the proxies in the settings, and of nobody else', async () => {
    const ask = async (proxies: string[]) => {
      const behind = await open({ proxies })
      behind.get('/who', async ({ ip }) => ({ ip }))
      const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' }
      const answer = await behind.inject({ url: '/who', headers, remoteAddress: '10.1.2.3' })
      await behind.close()
      return answer.json()
    }
    expect(await ask([])).toEqual({ ip: '10.1.2.3' })
    expect(await ask(['10.0.0.0/8'])).toEqual({ ip: '203.0.113.9' })
    expect(await ask(['192.0.2.0/24'])).toEqual({ ip: '10.1.2.3' })
  })
})
