import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { Agent } from 'undici'
import { crc64 } from './crc64.ts'
import { download } from './download.ts'

const picture = Buffer.alloc(100_000, 'restyle')
const secret = 'Signature=c2VjcmV0'

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

function fetchPicture({ path = `/1d/a.png?${secret}`, ...limits }: Partial<Limits> = {}) {
  return download(`http://127.0.0.1:${port}${path}`, {
    dispatcher,
    deadlineMs: 5_000,
    maxBytes: 1e6,
    ...limits,
  })
}
type Limits = Parameters<typeof download>[1] & { path: string }

describe('download', () => {
  it('brings the bytes and what the server calls them', async () => {
    answer = (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(picture)
    expect(await fetchPicture()).toEqual({ kind: 'bytes', bytes: picture, contentType: 'image/png' })
  })

  it('takes an answer without a length', async () => {
    answer = (response) => {
      response.write(picture.subarray(0, 10))
      response.end(picture.subarray(10))
    }
    expect(await fetchPicture()).toEqual({ kind: 'bytes', bytes: picture })
  })

  it('believes checksums that match', async () => {
    const md5 = createHash('md5').update(picture).digest('base64')
    answer = (response) =>
      response.writeHead(200, { 'x-oss-hash-crc64ecma': crc64(picture), 'content-md5': md5 }).end(picture)
    expect(await fetchPicture()).toMatchObject({ kind: 'bytes' })
  })

  it.each([
    ['x-oss-hash-crc64ecma', '1'],
    ['content-md5', 'AAAA'],
  ])('asks again when %s does not match', async (header, value) => {
    answer = (response) => response.writeHead(200, { [header]: value }).end(picture)
    expect(await fetchPicture()).toMatchObject({ kind: 'again', code: 'ChecksumMismatch' })
  })

  it.each([
    [403, '<Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>', 'expired'],
    [403, '<Error><Code>SignatureDoesNotMatch</Code></Error>', 'again'],
    [403, '<html>blocked</html>', 'again'],
    [404, '<Error><Code>NoSuchKey</Code></Error>', 'gone'],
    [410, '', 'gone'],
    [400, '', 'again'],
    [429, '', 'again'],
    [500, '', 'again'],
    [503, '', 'again'],
    [206, 'part', 'again'],
  ])('reads %i %s as %s', async (status, body, kind) => {
    answer = (response) => response.writeHead(status).end(body)
    expect(await fetchPicture()).toMatchObject({ kind, code: `Http${status}` })
  })

  it('takes any 403 past the time in the URL for an expired one', async () => {
    answer = (response) => response.writeHead(403).end('<html>blocked</html>')
    const path = '/a.png?Expires=1796000000'
    expect(await fetchPicture({ path, now: () => 1796000000_000 })).toMatchObject({ kind: 'expired' })
    expect(await fetchPicture({ path, now: () => 1795999999_999 })).toMatchObject({ kind: 'again' })
  })

  it.each([301, 302, 303, 307, 308])('follows no %i', async (status) => {
    const paths: string[] = []
    answer = (response, { url = '' }) => {
      paths.push(url)
      response.writeHead(status, { location: `http://127.0.0.1:${port}/elsewhere` }).end()
    }
    expect(await fetchPicture()).toMatchObject({ kind: 'refused', code: 'Redirect' })
    expect(paths).toHaveLength(1)
  })

  it.each([
    [
      'cut below its length',
      (r: ServerResponse) => r.writeHead(200, { 'content-length': '100001' }).write(picture),
    ],
    ['cut between chunks', (r: ServerResponse) => r.write(picture)],
  ])('asks again for an answer %s', async (_how, write) => {
    answer = (response) => {
      write(response)
      setImmediate(() => response.socket?.end())
    }
    expect(await fetchPicture()).toMatchObject({
      kind: 'again',
      code: expect.stringMatching(/^UND_ERR|^HPE/),
    })
  })

  it('asks again after a reset', async () => {
    answer = (response) => response.socket?.resetAndDestroy()
    expect(await fetchPicture()).toMatchObject({ kind: 'again', code: 'ECONNRESET' })
  })

  it('asks again when nobody listens', async () => {
    const closed = createServer()
    await once(closed.listen(0, '127.0.0.1'), 'listening')
    const { port: closedPort } = closed.address() as AddressInfo
    await new Promise((done) => closed.close(done))
    const agent = guardedAgent({ allow: () => true })
    const result = await download(`http://127.0.0.1:${closedPort}/?${secret}`, {
      dispatcher: agent,
      deadlineMs: 5_000,
      maxBytes: 1e6,
    })
    expect(result).toMatchObject({ kind: 'again', code: 'ECONNREFUSED' })
    await agent.destroy()
  })

  it('asks again for an empty answer', async () => {
    answer = (response) => response.end()
    expect(await fetchPicture()).toMatchObject({ kind: 'again', code: 'Empty' })
  })

  it('reads nothing of an answer that announces too much', async () => {
    answer = (response) => response.writeHead(200, { 'content-length': '1000001' }).flushHeaders()
    expect(await fetchPicture()).toMatchObject({ kind: 'refused', code: 'TooLarge' })
  })

  it('stops an answer that never ends at the byte cap', async () => {
    let sent = 0
    answer = (response) => {
      const more = () => {
        while (!response.destroyed && response.write(picture)) sent += picture.length
      }
      response.on('drain', more)
      more()
    }
    expect(await fetchPicture()).toMatchObject({ kind: 'refused', code: 'TooLarge' })
    expect(sent).toBeLessThan(50e6)
  })

  it('takes exactly the cap', async () => {
    answer = (response) => {
      response.write(picture.subarray(1))
      response.end('x')
    }
    expect(await fetchPicture({ maxBytes: picture.length })).toMatchObject({ kind: 'bytes' })
    expect(await fetchPicture({ maxBytes: picture.length - 1 })).toMatchObject({ kind: 'refused' })
  })

  it('ends a drip at the deadline, though it is never idle', async () => {
    answer = (response) => {
      const drip = setInterval(() => response.write('x'), 10)
      response.on('close', () => clearInterval(drip))
    }
    expect(await fetchPicture({ deadlineMs: 200 })).toMatchObject({ kind: 'again', code: 'Deadline' })
  })

  it('ends a server that never answers at the deadline', async () => {
    answer = () => {}
    expect(await fetchPicture({ deadlineMs: 100 })).toMatchObject({ kind: 'again', code: 'Deadline' })
  })

  it('stops when asked to', async () => {
    const stop = new AbortController()
    answer = (response) => {
      response.write(picture)
      stop.abort()
    }
    expect(await fetchPicture({ signal: stop.signal })).toMatchObject({ kind: 'again', code: 'Aborted' })
  })

  it.each(['ftp://example.com/a.png', 'file:///etc/passwd', 'data:image/png;base64,AAAA', 'nonsense'])(
    'does not fetch %s',
    async (url) => {
      const result = await download(url, { dispatcher, deadlineMs: 5_000, maxBytes: 1 })
      expect(result).toMatchObject({ kind: 'refused', code: 'NotHttp' })
    },
  )

  it('does not fetch from a private address', async () => {
    const agent = guardedAgent()
    const limits = { dispatcher: agent, deadlineMs: 5_000, maxBytes: 1e6 }
    answer = (response) => response.end(picture)
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, '169.254.169.254', '100.100.100.200']) {
      expect(await download(`http://${host}/a.png`, limits)).toMatchObject({
        kind: 'refused',
        code: 'PrivateAddress',
      })
    }
    await agent.destroy()
  })

  it('never tells the query of the URL', async () => {
    const answers = [
      (response: ServerResponse) => response.writeHead(403).end('<Code>AccessDenied</Code>'),
      (response: ServerResponse) => response.writeHead(500).end(),
      (response: ServerResponse) => response.writeHead(302, { location: '/' }).end(),
      (response: ServerResponse) => response.socket?.destroy(),
    ]
    for (answer of answers) expect(JSON.stringify(await fetchPicture())).not.toContain('Signature')
  })
})

describe('a result that is signed as http', () => {
  const oss = 'http://a.oss-cn-shanghai.aliyuncs.com/1.png?Signature=a%2Bb'
  const unknown = 'http://pictures.example/1.png?Signature=a%2Bb'

  /** Lets these schemes through, whatever the name, and notes which were tried. */
  async function fetchWith(url: string, open: string[]) {
    const tried: string[] = []
    const agent = new Agent({
      connect: ({ protocol }, callback) => {
        tried.push(protocol)
        if (!open.includes(protocol))
          return callback(Object.assign(new Error('filtered'), { code: 'ETIMEDOUT' }), null)
        const socket = connect(port, '127.0.0.1')
        socket.once('connect', () => callback(null, socket))
      },
    })
    answer = (response) => response.end(picture)
    const outcome = await download(url, { dispatcher: agent, deadlineMs: 5_000, maxBytes: 1e6 })
    await agent.destroy()
    return { kind: outcome.kind, tried }
  }

  it.each([
    ['an object store over https', oss, ['http:', 'https:'], ['https:']],
    ['an object store over http where https does not get through', oss, ['http:'], ['https:', 'http:']],
    ['an object store where only https gets through', oss, ['https:'], ['https:']],
    ['an unknown host as it says', unknown, ['http:', 'https:'], ['http:']],
    ['an unknown host where only https gets through', unknown, ['https:'], ['http:', 'https:']],
  ])('is fetched from %s', async (_, url, open, tried) => {
    expect(await fetchWith(url, open)).toEqual({ kind: 'bytes', tried })
  })

  it('has been tried both ways before it is given up', async () => {
    expect(await fetchWith(oss, [])).toEqual({ kind: 'again', tried: ['https:', 'http:'] })
  })
})
