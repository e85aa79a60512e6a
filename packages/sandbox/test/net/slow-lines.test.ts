import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { download } from '@restyle/worker/copy/download'
import { openDownloadPlaces } from '@restyle/worker/copy/download-places'
import type { Dispatcher } from 'undici'
import { type Proxy, startProxy } from '../../src/net/tcp-proxy.ts'
import { until } from '../stories/story.ts'

const never = new AbortController().signal
const KB = 1024

let picture: Buffer
let server: Server
let line: Proxy
let dispatcher: Dispatcher
/** Where each request began. */
let asked: number[]
let sent: number

beforeEach(async () => {
  sent = 0
  asked = []
  // answers as an object store does: an ETag, and the rest where it is asked for
  server = createServer(({ headers }, response) => {
    const etag = `"${createHash('md5').update(picture).digest('hex')}"`
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    const bytes = picture.subarray(from)
    sent += bytes.length
    asked.push(from)
    response.writeHead(from === 0 ? 200 : 206, {
      etag,
      'content-length': bytes.length,
      ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${picture.length - 1}/${picture.length}` }),
    })
    response.end(bytes)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  line = await startProxy({ target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } })
  dispatcher = guardedAgent({ allow: (_address, port) => port === line.port })
})

afterEach(async () => {
  await dispatcher.destroy()
  await line.stop()
  server.closeAllConnections()
  server.close()
})

const fetchPicture = (more: Partial<Parameters<typeof download>[1]> = {}) =>
  download(`${line.url()}/1.png`, { dispatcher, deadlineMs: 60_000, idleMs: 1_000, maxBytes: 1e8, ...more })

it('an image arrives over a line that takes three times as long as nothing may be idle', async () => {
  picture = Buffer.alloc(180 * KB, 'restyle')
  line.faults.bandwidth(30 * KB, 'down')
  expect(await fetchPicture({ idleMs: 2_000 })).toMatchObject({ kind: 'bytes', bytes: picture })
  expect(line.faults.fired.bandwidth).toBeGreaterThan(0)
})

it('a line that goes dead is given up, and what came is not fetched again', async () => {
  picture = Buffer.alloc(600 * KB, 'restyle')
  line.faults.bandwidth(300 * KB, 'down')
  const fetching = fetchPicture()
  // some of it has come, and most of it is still to come
  await until(() => line.faults.fired.bandwidth > 2)
  line.faults.blackhole('down')
  const first = await fetching
  expect(first).toMatchObject({ kind: 'again', code: 'Idle' })
  const partial = 'partial' in first ? first.partial : undefined
  expect(partial?.bytes.length).toBeGreaterThan(0)
  await line.faults.heal()
  expect(await fetchPicture({ partial })).toMatchObject({ kind: 'bytes', bytes: picture })
  const [start, ...others] = asked
  expect(start).toBe(0)
  expect(new Set(others)).toEqual(new Set([partial?.bytes.length]))
})

it('an image arrives over a line that is cut again and again, and each request goes on where the last one ended', async () => {
  picture = Buffer.alloc(900 * KB, 'restyle')
  line.faults.cut(200 * KB, 'down')
  expect(await fetchPicture()).toMatchObject({ kind: 'bytes', bytes: picture })
  expect(line.faults.fired.cut).toBeGreaterThanOrEqual(4)
  expect(asked).toEqual([...new Set(asked)].toSorted((a, b) => a - b))
})

it('24 images share a slow line and all arrive in about the time that the line needs', async () => {
  picture = Buffer.alloc(100 * KB, 'restyle')
  line.faults.bandwidth(1024 * KB, 'down', 'shared')
  const places = openDownloadPlaces(12)
  const began = performance.now()
  const outcomes = await Promise.all(
    Array.from({ length: 24 }, (_, i) => places.run(i, () => fetchPicture(), never)),
  )
  const seconds = (performance.now() - began) / 1000
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 24 }, () => 'bytes'))
  const lineSeconds = (24 * picture.length) / (1024 * KB)
  expect(seconds).toBeGreaterThan(lineSeconds * 0.9)
  // generous, for a busy machine
  expect(seconds).toBeLessThan(lineSeconds * 5)
  expect(sent).toBe(24 * picture.length)
})
