import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { imageFetcher } from './fetch-image.ts'

const picture = Buffer.alloc(100_000, 'restyle')

let answer: (response: ServerResponse, from: number) => void
let ranges: (string | undefined)[]
const server = createServer(({ headers }, response) => {
  ranges.push(headers.range)
  answer(response, Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0))
})
const dispatcher = guardedAgent({ allow: () => true })

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})

afterAll(async () => {
  await dispatcher.destroy()
  server.closeAllConnections()
  server.close()
})

beforeEach(() => {
  ranges = []
})

const open = (more: Partial<Parameters<typeof imageFetcher>[0]> = {}) => {
  const fetchImage = imageFetcher({
    dispatcher,
    maxBytes: 1e6,
    most: 2,
    idleMs: 200,
    lifePercent: 10,
    stopping: new AbortController().signal,
    ...more,
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/1.png`
  return (index = 0, livesMs = 3600_000) =>
    fetchImage('edit', { index, url, expiresAt: Date.now() + livesMs })
}

const begin = (response: ServerResponse, upTo: number) => {
  response.writeHead(200, { etag: '"one"', 'content-length': picture.length })
  return response.write(picture.subarray(0, upTo))
}

describe('an image', () => {
  it('is fetched from where its last try broke off, whoever tries again', async () => {
    const fetchImage = open()
    answer = (response) => begin(response, 1_000)
    expect(await fetchImage()).toMatchObject({ kind: 'again', code: 'Idle' })
    answer = (response, from) =>
      response
        .writeHead(206, {
          etag: '"one"',
          'content-range': `bytes ${from}-${picture.length - 1}/${picture.length}`,
        })
        .end(picture.subarray(from))
    expect(await fetchImage()).toEqual({ kind: 'bytes', bytes: picture })
    expect(ranges).toEqual([undefined, 'bytes=1000-'])
  })

  it('may take its share of the life of its address, and no longer', async () => {
    const fetchImage = open({ leastMs: 1, idleMs: 30_000 })
    answer = (response) => {
      begin(response, 1_000)
      setTimeout(() => response.end(picture.subarray(1_000)), 300)
    }
    expect(await fetchImage(0, 2_000)).toMatchObject({ kind: 'again', code: 'Deadline' })
    expect(await fetchImage(1, 300_000)).toMatchObject({ kind: 'bytes' })
  })

  it('goes on from nothing of another image', async () => {
    const fetchImage = open()
    answer = (response) => begin(response, 1_000)
    await fetchImage(0)
    answer = (response) => response.end(picture)
    expect(await fetchImage(1)).toMatchObject({ kind: 'bytes' })
    expect(ranges).toEqual([undefined, undefined])
  })

  it('waits for a place', async () => {
    const fetchImage = open({ most: 2, idleMs: 30_000 })
    const held: ServerResponse[] = []
    answer = (response) => held.push(response)
    const fetched = Promise.all([0, 1, 2].map((index) => fetchImage(index)))
    while (held.length < 2) await new Promise(setImmediate)
    expect(ranges).toHaveLength(2)
    answer = (response) => response.end(picture)
    for (const response of held) response.end(picture)
    expect((await fetched).map(({ kind }) => kind)).toEqual(['bytes', 'bytes', 'bytes'])
  })

  it('that is on its way when the worker stops may still arrive, and one that waits is left', async () => {
    const stop = new AbortController()
    const fetchImage = open({ most: 1, idleMs: 30_000, stopping: stop.signal })
    const held: ServerResponse[] = []
    answer = (response) => held.push(response)
    const [first, second] = [fetchImage(0), fetchImage(1)]
    while (held.length < 1) await new Promise(setImmediate)
    stop.abort()
    expect(await second).toMatchObject({ kind: 'again', code: 'Aborted' })
    held[0]?.end(picture)
    expect(await first).toMatchObject({ kind: 'bytes' })
  })

  it('that does not arrive in time keeps no worker from stopping', async () => {
    const stop = new AbortController()
    const fetchImage = open({ idleMs: 30_000, stopping: stop.signal, graceMs: 100 })
    answer = (response) => {
      begin(response, 1_000)
      stop.abort()
    }
    expect(await fetchImage()).toMatchObject({ kind: 'again', code: 'Aborted' })
  })
})
