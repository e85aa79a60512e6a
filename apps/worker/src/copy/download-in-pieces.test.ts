import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { crc64 } from './crc64.ts'
import { download } from './download.ts'

const picture = Buffer.alloc(100_000, 'restyle')

let answer: (response: ServerResponse, request: IncomingMessage) => void
const server = createServer((request, response) => answer(response, request))
let port = 0
const dispatcher = guardedAgent({ allow: (address, to) => address === '127.0.0.1' && to === port })

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  port = (server.address() as AddressInfo).port
})

afterAll(async () => {
  await dispatcher.destroy()
  server.closeAllConnections()
  server.close()
})

function fetchPicture(limits: Partial<Parameters<typeof download>[1]> = {}) {
  return download(`http://127.0.0.1:${port}/1d/a.png`, {
    dispatcher,
    deadlineMs: 5_000,
    maxBytes: 1e6,
    ...limits,
  })
}

describe('a download whose line breaks', () => {
  const sums = { etag: '"one"', 'x-oss-hash-crc64ecma': crc64(picture) }
  const total = picture.length
  let ranges: (string | undefined)[]

  beforeEach(() => {
    ranges = []
  })

  /** Answers each request by the next of these, the last one again and again. */
  function script(...answers: ((response: ServerResponse, from: number) => void)[]) {
    let turn = 0
    answer = (response, { headers }) => {
      ranges.push(headers.range)
      const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
      answers[Math.min(turn++, answers.length - 1)]?.(response, from)
    }
  }
  const breakOff = (response: ServerResponse, bytes: Buffer) => {
    response.write(bytes, () => setImmediate(() => response.socket?.destroy()))
  }
  const begin =
    (upTo: number, headers: object = sums) =>
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-length': total, ...headers })
      breakOff(response, picture.subarray(0, upTo))
    }
  const rest =
    (headers: object = sums, upTo = total) =>
    (response: ServerResponse, from: number) => {
      const range = { 'content-range': `bytes ${from}-${total - 1}/${total}` }
      response.writeHead(206, { ...range, 'content-length': total - from, ...headers })
      const bytes = picture.subarray(from, upTo)
      if (upTo < total) breakOff(response, bytes)
      else response.end(bytes)
    }
  const whole = (response: ServerResponse) => response.writeHead(200, sums).end(picture)

  it('goes on where it broke off, and checks the sum of the whole', async () => {
    script(begin(70_000), rest())
    expect(await fetchPicture()).toEqual({ kind: 'bytes', bytes: picture })
    expect(ranges[0]).toBeUndefined()
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/)
    expect(ranges).toHaveLength(2)
  })

  it('hands out what came where that was little, and goes on from there the next time', async () => {
    script(begin(1_000), rest())
    const first = await fetchPicture()
    expect(first).toMatchObject({ kind: 'again', partial: { length: total, etag: '"one"' } })
    const partial = 'partial' in first ? first.partial : undefined
    expect(partial?.bytes.length).toBe(1_000)
    expect(await fetchPicture({ partial })).toEqual({ kind: 'bytes', bytes: picture })
    expect(ranges).toEqual([undefined, 'bytes=1000-'])
  })

  it.each<[string, (response: ServerResponse, from: number) => void]>([
    ['the whole file', whole],
    [
      'the rest of another file',
      (response, from) => {
        const range = { 'content-range': `bytes ${from}-${total - 1}/${total}` }
        response.writeHead(206, { ...range, etag: '"two"' }).end(Buffer.alloc(total - from, 'another'))
      },
    ],
    [
      'a rest that was summed otherwise',
      (response, from) => rest({ 'x-oss-hash-crc64ecma': '1' })(response, from),
    ],
    ['a rest that begins elsewhere', (response, from) => rest()(response, from - 1)],
    [
      'a rest that says nothing of its place',
      (response) => response.writeHead(206, sums).end(picture.subarray(500)),
    ],
    [
      'a rest of another length',
      (response, from) =>
        response
          .writeHead(206, { ...sums, 'content-range': `bytes ${from}-${total}/${total + 1}` })
          .end(Buffer.concat([picture.subarray(from), Buffer.from('x')])),
    ],
    ['no such rest', (response) => response.writeHead(416).end()],
    ['another version', (response) => response.writeHead(412).end()],
  ])('takes %s for no continuation', async (_, answered) => {
    // no checksum, so that nothing but the headers can tell
    script(begin(70_000, { etag: '"one"' }), answered, whole)
    expect(await fetchPicture()).toEqual({ kind: 'bytes', bytes: picture })
    // the whole file needs no third request
    expect(ranges.slice(2)).toEqual(answered === whole ? [] : [undefined])
  })

  it('keeps what came over an answer that is none', async () => {
    script(begin(70_000), (response) => response.writeHead(503).end())
    expect(await fetchPicture()).toMatchObject({ code: 'Http503', partial: { length: total } })
  })

  it('begins anew where nothing would tell another file from this one', async () => {
    script(begin(70_000, {}), whole)
    expect(await fetchPicture()).toMatchObject({ kind: 'bytes' })
    expect(ranges).toEqual([undefined, undefined])
  })

  it('stores no file that was put together of two', async () => {
    const other = Buffer.alloc(total, 'another')
    script(begin(70_000, { etag: '"one"', 'content-md5': 'AAAA' }), (response, from) => {
      response.writeHead(206, { etag: '"one"', 'content-range': `bytes ${from}-${total - 1}/${total}` })
      response.end(other.subarray(from))
    })
    expect(await fetchPicture()).toMatchObject({ kind: 'again', code: 'ChecksumMismatch' })
  })

  it('takes no more than the cap, however many pieces it comes in', async () => {
    const unsaid = (response: ServerResponse) => {
      response.writeHead(200, { etag: '"one"' })
      breakOff(response, picture.subarray(0, 70_000))
    }
    script(unsaid, rest({ etag: '"one"' }))
    expect(await fetchPicture({ maxBytes: total - 1 })).toMatchObject({ kind: 'refused', code: 'TooLarge' })
  })

  it('ends a silence before the deadline, and keeps what came', async () => {
    script((response) =>
      response.writeHead(200, { 'content-length': total, ...sums }).write(picture.subarray(0, 50)),
    )
    expect(await fetchPicture({ idleMs: 1_000, deadlineMs: 30_000 })).toMatchObject({
      kind: 'again',
      code: 'Idle',
      partial: { etag: '"one"' },
    })
  })

  it('keeps what came up to the deadline', async () => {
    script((response) =>
      response.writeHead(200, { 'content-length': total, ...sums }).write(picture.subarray(0, 50)),
    )
    expect(await fetchPicture({ deadlineMs: 1_000 })).toMatchObject({
      code: 'Deadline',
      partial: { etag: '"one"' },
    })
  })
})
