import { type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { createClient } from './client.ts'
import { answer, startScriptedServer } from '../test/scripted-server.ts'
import { accepted, apiKey, body, model, submitTo } from '../test/submit-to.ts'

describe('a submit that is accepted', () => {
  it('gives the task id', async () => {
    const { outcome } = await submitTo((socket) => socket.write(answer(200, accepted)))
    expect(outcome).toEqual({ kind: 'accepted', taskId: 'task-1', requestId: 'request-1' })
  })

  it('is sent as the vendor wants it', async () => {
    const { requests } = await submitTo((socket) => socket.write(answer(200, accepted)))
    const head = requests[0]?.head ?? ''
    expect(head).toMatch(/^POST \/api\/v1\/services\/aigc\/image2image\/image-synthesis HTTP\/1.1\r\n/)
    for (const line of [
      `authorization: Bearer ${apiKey}`,
      'content-type: application/json',
      'x-dashscope-async: enable',
      'connection: close',
      'accept-encoding: identity',
    ]) {
      expect(head.split('\r\n')).toContain(line)
    }
    expect(head).not.toMatch(/workspace|ossresourceresolve|transfer-encoding/i)
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual(body)
  })

  it('names the workspace and asks to resolve oss addresses where that is wished', async () => {
    const { requests } = await submitTo(
      (socket) => socket.write(answer(200, accepted)),
      { workspace: 'ws-1' },
      { usesOss: true },
    )
    expect(requests[0]?.head).toContain('x-dashscope-workspace: ws-1')
    expect(requests[0]?.head).toContain('x-dashscope-ossresourceresolve: enable')
  })

  it('has a fresh connection each time, though the server would keep the old one', async () => {
    const server = await startScriptedServer((socket) =>
      socket.write(answer(200, accepted, { connection: 'keep-alive' })),
    )
    const client = createClient({ baseUrl: `${server.url}/api/v1`, apiKey })
    for (let i = 0; i < 5; i += 1) await client.submit(model, body)
    await client.close()
    await server.stop()
    expect(server.requests.map((request) => request.connection)).toEqual([1, 2, 3, 4, 5])
  })
})

describe('a submit that comes too late', () => {
  it('opens a connection, sends nothing and is refused', async () => {
    const respond = (socket: Socket) => socket.write(answer(200, accepted))
    const { outcome, requests, connections } = await submitTo(respond, {}, { mayStart: () => false })
    expect(outcome).toMatchObject({ kind: 'refused', code: 'TooLate', action: 'retryLater' })
    expect([connections, requests.length]).toEqual([1, 0])
  })
})

describe('a submit whose outcome nobody knows', () => {
  const cutAt = (whole: string, bytes: number) => (socket: Socket) => socket.end(whole.slice(0, bytes))
  const whole = answer(200, accepted)
  const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"output":{"task_id":"task-1"'
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const drip = (first: string) => (socket: Socket) => {
    socket.write(first)
    const timer = setInterval(() => socket.write('a'), 20)
    socket.on('close', () => clearInterval(timer))
  }

  const saying = (said: object) => (socket: Socket) => socket.write(answer(200, said))
  const faults: [title: string, respond: (socket: Socket) => void, cause: string][] = [
    ['is reset after the request (C5)', (socket) => socket.resetAndDestroy(), 'reset'],
    ['is closed after the request (C6)', (socket) => socket.end(), 'closed'],
    ['is not answered in time (C7)', () => {}, 'timeout'],
    ['has its headers dripped (C8)', drip('HTTP/1.1 200 OK\r\nx: '), 'timeout'],
    ['has its body dripped (C8)', drip('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n'), 'timeout'],
    ['has its answer cut before the length it told (C9)', cutAt(whole, whole.length - 5), 'truncated'],
    ['has its chunked answer cut (C9)', (socket) => socket.end(chunked), 'truncated'],
    [
      'has its answer cut by a reset (C9)',
      (socket) => socket.write(whole.slice(0, -5), () => setTimeout(() => socket.resetAndDestroy(), 50)),
      'truncated',
    ],
    [
      'has an answer cut where no length was told',
      (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n{"output":'),
      'garbled',
    ],
    [
      'is answered with bytes that are no HTTP (C10)',
      (socket) => socket.end('\0\x01nonsense\r\n\r\n'),
      'garbled',
    ],
    [
      'is answered with a page (C10)',
      (socket) => socket.write(answer(200, '<html>Welcome</html>')),
      'garbled',
    ],
    ['is answered with nothing (C10)', (socket) => socket.write(answer(200, '')), 'garbled'],
    [
      'is answered without a task id (C11)',
      (socket) => socket.write(answer(200, { output: {} })),
      'noTaskId',
    ],
    ['is answered with an inner fault as success (C11)', saying({ code: 'InternalError' }), 'noTaskId'],
    ['is answered with a code that need not be an error', saying({ code: 'Ok', data: {} }), 'noTaskId'],
    [
      'is answered with a task id that is none',
      (socket) => socket.write(answer(200, { output: { task_id: '../x' } })),
      'noTaskId',
    ],
    [
      'is answered with 40 KB of headers (C12)',
      (socket) => socket.write(answer(200, accepted, { x: 'a'.repeat(40_000) })),
      'headers',
    ],
    ['is answered at great length', (socket) => socket.write(answer(200, ' '.repeat(2_000_000))), 'tooLarge'],
    [
      'is answered with a packed bomb (C15)',
      (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`)
        socket.write(bomb)
      },
      'garbled',
    ],
    [
      'is answered with 500 (C3)',
      (socket) => socket.write(answer(500, { code: 'InternalError', message: 'no' })),
      '5xx',
    ],
    ['is answered with 503 (C3)', (socket) => socket.write(answer(503, { code: 'ModelUnavailable' })), '5xx'],
    [
      'is answered with 502 by a proxy (C3)',
      (socket) => socket.write(answer(502, '<html>Bad gateway</html>')),
      '5xx',
    ],
    [
      'is answered with a new code and 500 (C3)',
      (socket) => socket.write(answer(500, { code: 'Throttling.New' })),
      '5xx',
    ],
    ['has its 504 cut (C3)', (socket) => socket.end(answer(504, 'x'.repeat(99)).slice(0, -50)), '5xx'],
    ['is given up by a proxy with 408', (socket) => socket.write(answer(408, '')), '5xx'],
  ]

  it.each(faults)('%s', async (_, respond, cause) => {
    const submit = cause === 'timeout' ? 1_500 : 15_000
    const { outcome, requests } = await submitTo(respond, { deadlines: { submit } })
    expect(outcome).toMatchObject({ kind: 'unknown', cause })
    // the one POST of which we do not know; a second one would be paid for twice
    expect(requests).toHaveLength(1)
  })

  it('is given up by its caller', async () => {
    const caller = new AbortController()
    const { outcome, requests } = await submitTo(() => caller.abort(), {}, { signal: caller.signal })
    expect(outcome).toMatchObject({ kind: 'unknown', cause: 'aborted' })
    expect(requests).toHaveLength(1)
  })

  it('keeps what the vendor said, so that an edit can end with it', async () => {
    const said = { code: 'InternalError', message: 'oh', request_id: 'request-1' }
    for (const httpStatus of [200, 500]) {
      const { outcome } = await submitTo((socket) => socket.write(answer(httpStatus, said)))
      expect(outcome).toMatchObject({
        kind: 'unknown',
        code: 'InternalError',
        message: 'oh',
        requestId: 'request-1',
        httpStatus,
      })
    }
  })
})

it('keeps the key out of every outcome, though the server quotes it', async () => {
  for (const status of [200, 400, 500]) {
    const { outcome } = await submitTo((socket) =>
      socket.write(answer(status, { code: 'X', message: `bad key ${apiKey}` })),
    )
    expect(JSON.stringify(outcome)).toContain('bad key [key]')
  }
})
