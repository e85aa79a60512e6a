import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { openPictures, type PictureTools, type Shown } from '@restyle/producer/result/pictures'
import { createLog } from '@restyle/shared/log'
import { sourceKey } from '@restyle/shared/object-key'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import type { Store } from '@restyle/shared/store/store'
import sharp from 'sharp'

let answer: RequestListener
let asked: string[]
const server = createServer((request, response) => {
  asked.push(request.url ?? '')
  answer(request, response)
})
const inner = createServer((_, response) => response.end('of the inner network'))
const portOf = (each: typeof server) => (each.address() as AddressInfo).port
const dispatcher = guardedAgent({ allow: (_, port) => port === portOf(server) })
let [red, blue] = [Buffer.of(), Buffer.of()]

const flat = (background: string, width = 800, height = 400) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()

beforeAll(async () => {
  for (const each of [server, inner]) await once(each.listen(0, '127.0.0.1'), 'listening')
  ;[red, blue] = await Promise.all([flat('red'), flat('blue')])
})
afterAll(async () => {
  await dispatcher.destroy()
  for (const each of [server, inner]) {
    each.closeAllConnections()
    each.close()
  }
})
beforeEach(() => {
  asked = []
  answer = (_, response) => void response.end(red)
})

/** A bucket in memory, and pictures made of what it has. */
function open(more: Partial<PictureTools> = {}) {
  const objects = new Map<string, Buffer>()
  const store: Pick<Store, 'get' | 'putIfAbsent'> = {
    get: async (key) => objects.get(key),
    putIfAbsent: async (key, bytes) => {
      const held = objects.get(key)
      if (held !== undefined) return { kind: held.equals(bytes) ? 'same' : 'collision' }
      objects.set(key, bytes)
      return { kind: 'created' }
    },
  }
  const photos: Pick<Store, 'get' | 'head'> = {
    get: async () => blue,
    head: async (key) => ({ bytes: key === 'large.png' ? 2 ** 30 : 1, contentType: 'x', metadata: {} }),
  }
  const pictures = openPictures({
    store,
    log: createLog('silent'),
    dispatcher,
    bucketOf: () => photos,
    mayRead: (_, bucket) => bucket === 'photos',
    stopping: new AbortController().signal,
    ...more,
  })
  const small = (address: string) => pictures.small(source(address), 320)
  return { objects, pictures, small }
}

const source = (address: string): Shown => ({
  what: 'source',
  editId: 'edit_1',
  producer: 'acme',
  index: 0,
  address,
})
const image: Shown = {
  what: 'image',
  editId: 'edit_1',
  producer: 'acme',
  index: 0,
  key: 'a.png',
  sha256: '5'.repeat(64),
  bytes: 10,
}
const web = (path = '/a.png') => `http://127.0.0.1:${portOf(server)}${path}`

async function sizeOf(read: Awaited<ReturnType<ReturnType<typeof open>['small']>>) {
  if (read.kind === 'none') throw new Error(read.why)
  const { format, width, height } = await sharp(read.bytes).metadata()
  return [format, width, height]
}

describe('a small picture', () => {
  it('is made of an image in the bucket, and stored there for the next reader', async () => {
    const { objects, pictures } = open()
    objects.set('a.png', red)
    expect(await sizeOf(await pictures.small(image, 320))).toEqual(['webp', 320, 160])
    expect(await sizeOf(await pictures.small(image, 960))).toEqual(['webp', 800, 400])
    const keys = [...objects.keys()].slice(1)
    expect(keys).toEqual([
      '.restyle/thumbnails/edit_1/image-0-5555555555555555-320.webp',
      '.restyle/thumbnails/edit_1/image-0-5555555555555555-960.webp',
    ])
    objects.delete('a.png')
    expect(await sizeOf(await pictures.small(image, 320))).toEqual(['webp', 320, 160])
  })

  it('is made of a source wherever that lies', async () => {
    const { objects, small } = open()
    objects.set(sourceKey('acme', 'ab'), red)
    answer = (request, response) =>
      request.url === '/b.png' ? response.end(red) : response.writeHead(302, { location: '/b.png' }).end()
    for (const address of ['sha256:ab', 's3://photos/a.png', web()])
      expect(await sizeOf(await small(address))).toEqual(['webp', 320, 160])
    expect(asked).toEqual(['/a.png', '/b.png'])
  })

  it('never becomes another one, whatever the server of the source has since', async () => {
    const { small } = open()
    const before = await small(web())
    answer = (_, response) => void response.end(blue)
    expect(await small(web())).toEqual(before)
  })

  it('is the one that was stored first where two processes make it', async () => {
    const { objects, small } = open()
    const first = await small(web())
    const key = [...objects.keys()].find((each) => each.endsWith('.webp')) ?? ''
    const other = open({
      store: {
        get: async () => (asked.length > 1 ? objects.get(key) : undefined),
        putIfAbsent: async () => ({ kind: 'collision' }),
      },
    })
    answer = (_, response) => void response.end(blue)
    expect(await other.small(web())).toEqual(first)
  })

  it('is made once for all who want it at the same time', async () => {
    const { small } = open()
    await Promise.all(Array.from({ length: 20 }, () => small(web())))
    expect(asked).toHaveLength(1)
  })

  it('is shown although the bucket does not take it', async () => {
    const refusing = { get: async () => undefined, putIfAbsent: () => Promise.reject(new Error('no')) }
    expect(await sizeOf(await open({ store: refusing }).small(web()))).toEqual(['webp', 320, 160])
  })

  it('is not tried again at once where it cannot be had, and later again', async () => {
    let now = 0
    const { small } = open({ monotonic: () => now })
    answer = (_, response) => void response.writeHead(404).end()
    await small(web())
    await small(web())
    expect(asked).toHaveLength(1)
    now = 60_000
    answer = (_, response) => void response.end(red)
    expect(await sizeOf(await small(web()))).toEqual(['webp', 320, 160])
  })
})

describe('a source that cannot be shown', () => {
  it.each([
    ['oss://dashscope/a.png', /vendor, which gives nothing back/],
    ['sha256:cd', /not in the bucket any more/],
    ['s3://secrets/a.png', /RESTYLE_SOURCE_BUCKETS/],
    ['s3://photos/large.png', /more than 20 MiB/],
    ['http://127.0.0.1:1/a.png', /not on the public internet/],
    ['http://169.254.169.254/latest/meta-data', /not on the public internet/],
  ])('%s is told why', async (address, why) => {
    expect(await open().small(address)).toMatchObject({ kind: 'none', why: expect.stringMatching(why) })
  })

  it('leads nobody into the inner network, by no redirect and by no other scheme', async () => {
    const { small } = open()
    let to = `http://127.0.0.1:${portOf(inner)}/`
    answer = (_, response) => void response.writeHead(302, { location: to }).end()
    expect(await small(web('/1'))).toMatchObject({ why: expect.stringMatching(/not on the public internet/) })
    to = 'file:///etc/passwd'
    expect(await small(web('/2'))).toMatchObject({ why: expect.stringMatching(/not https/) })
    to = '/again'
    expect(await small(web('/3'))).toMatchObject({
      why: expect.stringMatching(/from one address to another/),
    })
    expect(asked.length).toBeLessThan(8)
  })

  it.each([
    [500, true],
    [429, true],
    [403, undefined],
    [304, undefined],
  ])('by an answer %i may be had later: %s', async (status, passing) => {
    answer = (_, response) => void response.writeHead(status).end()
    const read = await open().small(web())
    expect(read).toMatchObject({ kind: 'none', why: expect.stringContaining(`answers ${status}`) })
    expect('passing' in read ? read.passing : undefined).toBe(passing)
  })

  it('is let go where its body does not end', async () => {
    let isOpen = true
    answer = (_, response) => {
      response.on('close', () => (isOpen = false))
      const more = (): void => {
        if (isOpen && response.write(Buffer.alloc(1e6))) setImmediate(more)
        else if (isOpen) response.once('drain', more)
      }
      more()
    }
    expect(await open().small(web())).toMatchObject({ why: 'has more than 20 MiB' })
    while (isOpen) await new Promise(setImmediate)
  })

  it.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', /is a SVG file/],
    ['a page', '<!doctype html><script>alert(1)</script>', /is a web page file/],
    ['a GIF', 'GIF89a…', /is a GIF file/],
    ['nothing', '', /is empty/],
    ['a BMP', 'BM…', /BMP, of which no small picture is made/],
    ['a PNG in name alone', '\x89PNG\r\n\x1a\nhello', /PNG that does not decode/],
  ])('because it is %s is refused, whatever its server calls it', async (_what, body, why) => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'image/png' })
      response.end(Buffer.from(body, 'latin1'))
    }
    expect(await open().small(web())).toMatchObject({ kind: 'none', why: expect.stringMatching(why) })
  })

  it('because it has too many pixels is refused without unpacking it', async () => {
    const bomb = withSides(red, 16_000)
    answer = (_, response) => void response.end(bomb)
    const before = process.memoryUsage.rss()
    expect(await open().small(web())).toMatchObject({ why: expect.stringMatching(/16000 by 16000 pixels/) })
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6)
  })

  it('because it is cut short is refused', async () => {
    answer = (_, response) => void response.end(red.subarray(0, -40))
    expect(await open().small(web())).toMatchObject({ why: expect.stringMatching(/does not decode/) })
  })
})

/** The same PNG, which says that it is much larger. */
function withSides(png: Buffer, side: number): Buffer {
  const bomb = Buffer.from(png)
  bomb.writeUInt32BE(side, 16)
  bomb.writeUInt32BE(side, 20)
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29)
  return bomb
}
