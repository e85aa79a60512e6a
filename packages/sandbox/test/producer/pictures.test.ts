import { createHash } from 'node:crypto'
import { createClient } from '@restyle/client/client'
import { retryNothing } from '@restyle/client/retry'
import type { Image } from '@restyle/shared/contract/edit'
import { sourceFactsKey, thumbnailKey } from '@restyle/shared/object-key'
import sharp from 'sharp'
import { lane, openLedgerWorld } from '../ledger/ledger-world.ts'
import { openProducer, type World } from './open-producer.ts'

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A Windows bitmap of so many pixels. */
function bmpOf(width: number, height: number): Buffer {
  const row = Math.ceil((width * 24) / 32) * 4
  const bytes = Buffer.alloc(54 + row * height)
  bytes.write('BM', 'latin1')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  return bytes
}

describe('pictures of an edit', () => {
  let world: World
  let mine: { authorization: string }
  let picture: Buffer
  let uploaded: string
  const get = (url: string, headers: Record<string, string> = {}) =>
    world.producer.app.inject({ url: `/v1/edits/${url}`, headers: { ...mine, ...headers } })
  const post = async (url: string, payload: object): Promise<string> => {
    const answer = await world.producer.app.inject({ method: 'POST', url, headers: mine, payload })
    return answer.json().id
  }

  /** An edit with an image whose record is this. */
  async function rendered(id: string, image: Image): Promise<void> {
    const ledger = openLedgerWorld(world.redis, world.prefix)
    const queued = await ledger.queued(id, { producer: 'mine', key: id })
    const admitted = await ledger.admitted(queued, { ...lane, running: 99, posting: 99 })
    const set = { taskId: `task-${id}`, submittedAt: 1 }
    const running = await ledger.moved(admitted, { to: 'running', set })
    await ledger.moved(running, { to: 'rendered', set: { images: [image] }, expiresAt: 9 })
  }
  const stored = (id: string): Image => ({
    index: 0,
    stored: {
      key: `mine/${id}/0.png`,
      sha256: digest(picture),
      bytes: picture.length,
      width: 800,
      height: 400,
      contentType: 'image/png',
      thumbhash: 'IfgBBwBkYGf1ardqw6eTy2mZo',
    },
  })

  beforeAll(async () => {
    world = await openProducer({ schedules: {} })
    mine = await world.keyOf('mine')
    picture = await sharp({ create: { width: 800, height: 400, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const facts = { contentType: 'image/png', sha256: digest(picture) }
    await rendered('edit_one', stored('edit_one'))
    await world.store.putIfAbsent('mine/edit_one/0.png', picture, facts)
    const put = {
      method: 'PUT' as const,
      headers: { ...mine, 'content-type': 'image/png' },
      payload: picture,
    }
    await world.producer.app.inject({ ...put, url: `/v1/sources/${digest(picture)}` })
    uploaded = await post('/v1/edits', { prompt: 'on oak', images: [`sha256:${digest(picture)}`] })
  })
  afterEach(() => world.server.s3.faults.down(false))
  afterAll(() => world.stop())

  it('are WebP that may be kept for ever, and the next reader finds them in the bucket', async () => {
    const answer = await get('edit_one/images/0/320')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'private, max-age=31536000, immutable',
      etag: `"${digest(answer.rawPayload)}"`,
      vary: 'cookie, authorization',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
    const key = thumbnailKey('edit_one', { what: 'image', index: 0, of: digest(picture) }, 320)
    expect((await world.store.get(key))?.equals(answer.rawPayload)).toBe(true)
    expect((await get('edit_one/images/0/320')).rawPayload.equals(answer.rawPayload)).toBe(true)
    expect((await sharp((await get('edit_one/images/0/960')).rawPayload).metadata()).width).toBe(800)
  })

  it('are told of without being sent, and not sent to whoever has them', async () => {
    for (const path of ['edit_one/images/0/320', `${uploaded}/sources/0/320`, `${uploaded}/sources/0/full`]) {
      const whole = await get(path)
      const etag = String(whole.headers['etag'])
      const again = await get(path, { 'if-none-match': `"x", ${etag}` })
      expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', etag])
      const head = await world.producer.app.inject({
        method: 'HEAD',
        url: `/v1/edits/${path}`,
        headers: mine,
      })
      expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([
        200,
        '',
        String(whole.rawPayload.length),
      ])
    }
  })

  it('are of its sources too, small and as they are', async () => {
    const small = await get(`${uploaded}/sources/0/320`)
    expect(await sharp(small.rawPayload).metadata()).toMatchObject({
      format: 'webp',
      width: 320,
      height: 160,
    })
    const full = await get(`${uploaded}/sources/0/full`)
    expect(full.rawPayload.equals(picture)).toBe(true)
    expect(full.headers).toMatchObject({
      'content-type': 'image/png',
      etag: `"${digest(picture)}"`,
      'cache-control': 'private, max-age=31536000, immutable',
      vary: 'cookie, authorization',
    })
  })

  it('say how large a source is, and remember it', async () => {
    const turned = await sharp(picture).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const put = await world.producer.app.inject({
      method: 'PUT',
      headers: { ...mine, 'content-type': 'image/jpeg' },
      payload: turned,
      url: `/v1/sources/${digest(turned)}`,
    })
    expect(put.statusCode).toBe(201)
    const id = await post('/v1/edits', { prompt: 'on oak', images: [`sha256:${digest(turned)}`] })
    const facts = { type: 'image/jpeg', bytes: turned.length, width: 400, height: 800 }
    expect((await get(`${id}/sources/0`)).json()).toEqual(facts)
    const kept = sourceFactsKey(id, { index: 0, of: digest(Buffer.from(`sha256:${digest(turned)}`)) })
    expect(JSON.parse(String(await world.store.get(kept)))).toEqual(facts)
    expect((await get(`${id}/sources/0`)).json()).toEqual(facts)
    // whoever looked at it first has had it measured
    await get(`${uploaded}/sources/0/960`)
    expect((await get(`${uploaded}/sources/0`)).json()).toMatchObject({ width: 800, height: 400 })
    const bitmap = bmpOf(600, 400)
    const sent = await world.producer.app.inject({
      method: 'PUT',
      headers: { ...mine, 'content-type': 'image/bmp' },
      payload: bitmap,
      url: `/v1/sources/${digest(bitmap)}`,
    })
    expect(sent.statusCode).toBe(201)
    const flat = await post('/v1/edits', { prompt: 'on oak', images: [`sha256:${digest(bitmap)}`] })
    expect((await get(`${flat}/sources/0`)).json()).toEqual({
      type: 'image/bmp',
      bytes: bitmap.length,
      width: 600,
      height: 400,
    })
  })

  it('say why a source cannot be measured', async () => {
    const id = await post('/v1/edits', { prompt: 'on oak', images: ['s3://photos/none.jpg'] })
    const gone = await get(`${id}/sources/0`)
    expect([gone.statusCode, gone.json().detail]).toEqual([
      404,
      expect.stringMatching(/^Source 0 cannot be shown: it is not there/),
    ])
    expect((await get(`${id}/sources/1`)).statusCode).toBe(404)
    const theirs = await world.keyOf('theirs')
    expect((await get(`${uploaded}/sources/0`, theirs)).statusCode).toBe(404)
  })

  it('are of a source in a listed bucket, which may be another one after an hour', async () => {
    const photos = world.openBucket('photos')
    await photos.putIfAbsent('a.svg', picture, { contentType: 'image/svg+xml', sha256: digest(picture) })
    const svg = Buffer.from('<svg xmlns="x">')
    await photos.putIfAbsent('b.png', svg, { contentType: 'image/png', sha256: digest(svg) })
    photos.close()
    const images = ['s3://photos/a.svg', 's3://photos/b.png']
    const id = await post('/v1/edits', { prompt: 'on oak', images })
    const full = await get(`${id}/sources/0/full`)
    expect(full.headers).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'private, max-age=3600',
    })
    for (const side of ['320', 'full']) {
      const hostile = await get(`${id}/sources/1/${side}`)
      expect([hostile.statusCode, hostile.headers['content-type']]).toEqual([404, 'application/problem+json'])
      expect(hostile.json().detail).toMatch(/^Source 1 cannot be shown: it is a SVG file/)
    }
    expect((await get(`${id}/sources/2/320`)).statusCode).toBe(404)
  })

  it('are of a row that rests', async () => {
    const batch = await post('/v1/batches', {
      edits: [{ prompt: 'on oak', images: [`sha256:${digest(picture)}`] }],
    })
    const { edits } = (
      await world.producer.app.inject({ url: `/v1/batches/${batch}/edits`, headers: mine })
    ).json()
    expect((await get(`${edits[0].id}/sources/0/320`)).statusCode).toBe(200)
    expect((await get(`${edits[0].id}/images/0/320`)).statusCode).toBe(409)
  })

  it('are nobody else’s, whatever was made before', async () => {
    const theirs = await world.keyOf('theirs')
    for (const path of ['edit_one/images/0/320', `${uploaded}/sources/0/320`, `${uploaded}/sources/0/full`]) {
      const answer = await get(path, theirs)
      expect([answer.statusCode, answer.json().detail]).toEqual([404, 'There is no such edit.'])
    }
  })

  it('are gone with the image, and tell why while the store is away', async () => {
    await rendered('edit_gone', stored('edit_gone'))
    const gone = await get('edit_gone/images/0/320')
    expect([gone.statusCode, gone.json().detail]).toEqual([
      410,
      'Image 0 cannot be shown: it is not in the bucket any more.',
    ])
    world.server.s3.faults.down(true)
    expect((await get('edit_one/images/0/960')).statusCode).toBe(503)
  })

  it('are read by the client', async () => {
    const key = mine.authorization.replace('Bearer ', '')
    const { images } = createClient({ url: world.producer.url, key, retry: retryNothing })
    const all = async (pieces: AsyncIterable<Uint8Array>) => {
      const read: Uint8Array[] = []
      for await (const piece of pieces) read.push(piece)
      return Buffer.concat(read)
    }
    expect((await sharp(await all(images.thumbnail('edit_one', 0, '320'))).metadata()).width).toBe(320)
    expect((await all(images.source(uploaded, 0, 'full'))).equals(picture)).toBe(true)
    const path = images.sourcePath(uploaded, 0, '320')
    expect((await fetch(`${world.producer.url}${path}`, { headers: mine })).status).toBe(200)
    const sides = ['960', 'full'] as const
    expect(sides.map((side) => images.picturePath('edit_one', 0, side))).toEqual([
      '/v1/edits/edit_one/images/0/960',
      '/v1/edits/edit_one/images/0',
    ])
  })
})
