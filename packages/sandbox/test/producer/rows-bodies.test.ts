import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { limits } from '@restyle/shared/contract/limits'
import { type Caller, linesOf, openCaller, rowsFrom } from './open-batches.ts'
import { fine, openProducer, type World } from './open-producer.ts'

describe('the body with rows', () => {
  let world: World
  let caller: Caller
  beforeAll(async () => {
    world = await openProducer()
    caller = await openCaller(world)
  })
  afterAll(() => world.stop())

  const row = JSON.stringify(fine)
  const other = JSON.stringify({ ...fine, prompt: 'on marble' })

  it.each([
    ['a byte order mark', `\ufeff${row}\n${other}\n`],
    ['CRLF', `${row}\r\n${other}\r\n`],
    ['no end of its last line', `${row}\n${other}`],
    ['blank lines', `\n${row}\n \t\n\r\n${other}\n\n`],
    ['blanks around its rows', ` ${row}\t\n ${other} `],
    [
      'brackets, quotes and backslashes in texts',
      `${JSON.stringify({ ...fine, prompt: '"]},{[\\' })}\n${row}\n`,
    ],
  ])('may have %s', async (_, body) => {
    const id = await caller.opened()
    expect((await caller.put(id, 1, body)).json()).toMatchObject({ rows: 2, nextRow: 3 })
  })

  const long = (bytes: number) => JSON.stringify({ ...fine, key: 'x'.repeat(bytes) })

  it.each<[string, string | Buffer, number, RegExp]>([
    ['empty', '', 400, /^The body is empty|holds no row/],
    ['blank', ' \n\r\n\t', 400, /^The body holds no row; each row is a line of JSON\.$/],
    [
      'more rows than a chunk has',
      linesOf(rowsFrom(1, limits.chunkRows + 1)),
      422,
      /^The body holds more than 1000 rows\.$/,
    ],
    [
      'over its most bytes',
      Buffer.alloc(limits.chunkBytes + 1, ' '),
      413,
      /^The body is over 8388608 bytes\.$/,
    ],
    [
      'a row over its most bytes',
      `${row}\n${long(limits.rowBytes)}\n`,
      422,
      /^the row is over 262144 bytes$/,
    ],
    ['GBK', Buffer.from([0x7b, 0x22, 0xb5, 0xc6, 0x22, 0x7d]), 422, /^the row is not UTF-8$/],
    ['UTF-16', Buffer.from(`\ufeff${row}`, 'utf16le'), 422, /^the row is not UTF-8$/],
    ['a NUL within a text', `${row.replace('oak', 'o\0k')}\n`, 422, /^the row is not JSON/],
    ['NUL between rows', `${row}\n\0\n`, 422, /^the row is not JSON/],
    [
      'a row too deep',
      `{"a":${'['.repeat(7)}${']'.repeat(7)}}`,
      422,
      /^the row is nested deeper than 6 levels$/,
    ],
    ['half a row', row.slice(0, 20), 422, /^the row is not JSON: it breaks at character 20$/],
    ['a list of rows', `[${row}]`, 422, /^the body must be an object$/],
    ['two rows on a line', `${row}${other}`, 422, /^the row is not JSON/],
    ['a prototype', '{"__proto__":{"n":4}}', 422, /^the row holds a __proto__/],
  ])('is refused where it is %s', async (_, body, status, detail) => {
    const id = await caller.opened()
    const answer = await caller.put(id, 1, body)
    expect([answer.statusCode, answer.json().detail]).toEqual([status, expect.stringMatching(detail)])
    expect(await caller.view(id)).toMatchObject({ total: 0 })
  })

  it('is JSON lines and nothing else', async () => {
    const id = await caller.opened()
    const answer = await caller.put(id, 1, row, { type: 'application/json' })
    expect(answer.statusCode).toBe(415)
    expect((await caller.put(id, 0, row)).json().detail).toBe(
      'first must be the number of a row, counted from 1',
    )
    expect((await caller.put(id, 1, row, { query: '?onFault=ignore' })).statusCode).toBe(400)
  })

  it('gives every row what was sent, whatever the pieces that it comes in', async () => {
    const id = await caller.opened()
    const prompts = Array.from({ length: 300 }, (_, i) => `${'ö"灯\\😀'.repeat(i)} ${i}`)
    const bytes = Buffer.from(linesOf(prompts.map((prompt) => ({ ...fine, prompt }))))
    const pieces: Buffer[] = []
    for (let at = 0, i = 0; at < bytes.length; i += 1) {
      const size = [1, 7, 1_000, 65_536, 2, 3][i % 6] ?? 1
      pieces.push(bytes.subarray(at, at + size))
      at += size
    }
    const answer = await fetch(`${world.producer.url}/v1/batches/${id}/rows/1`, {
      method: 'PUT',
      headers: { ...caller.headers, 'content-type': 'application/x-ndjson' },
      body: ReadableStream.from(pieces),
      duplex: 'half',
    } as RequestInit)
    expect(await answer.json()).toMatchObject({ rows: 300 })
    // the same rows in one piece are the same
    expect((await caller.put(id, 1, bytes)).headers['idempotent-replayed']).toBe('true')
  })

  it('that is cut off is not taken, also where it ends with a whole row', async () => {
    const id = await caller.opened()
    const { hostname, port } = new URL(world.producer.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const head = [
      `PUT /v1/batches/${id}/rows/1 HTTP/1.1`,
      'host: x',
      `authorization: ${caller.headers.authorization}`,
      'content-type: application/x-ndjson',
      `content-length: ${2 * row.length + 2}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n${row}\n`)
    await new Promise((resolve) => setImmediate(resolve))
    socket.destroy()
    await once(socket, 'close')
    expect((await caller.put(id, 1, other)).json()).toMatchObject({ rows: 1 })
    expect(await caller.view(id)).toMatchObject({ total: 1 })
  })

  it('without end is cut off, and the producer goes on', async () => {
    const id = await caller.opened()
    const call = request(`${world.producer.url}/v1/batches/${id}/rows/1`, {
      method: 'PUT',
      headers: { ...caller.headers, 'content-type': 'application/x-ndjson' },
    })
    const over = new Promise<number | undefined>((resolve) => {
      call.once('response', (answer) => resolve(answer.resume().statusCode))
      call.once('close', () => resolve(undefined))
      call.on('error', () => resolve(undefined))
    })
    let sent = 0
    const send = () => {
      while (sent < 100_000_000 && !call.destroyed) {
        sent += 1_000_000
        if (!call.write(Buffer.alloc(1_000_000, 'x'))) {
          call.once('drain', send)
          return
        }
      }
      call.end()
    }
    send()
    expect([413, undefined]).toContain(await over)
    call.destroy()
    expect(sent).toBeLessThan(4 * limits.chunkBytes)
    expect((await caller.get('/v1/models')).statusCode).toBe(200)
  })
})
