import { createHash } from 'node:crypto'
import { createClient } from '@restyle/client/client'
import { retryNothing } from '@restyle/client/retry'
import type { Edit, Image } from '@restyle/shared/contract/edit'
import { limits } from '@restyle/shared/contract/limits'
import { lane, openLedgerWorld } from '../ledger/ledger-world.ts'
import { openProducer, type World } from './open-producer.ts'

const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 251))
const sha256 = createHash('sha256').update(bytes).digest('hex')

describe('GET /v1/edits/{id}/images/{index}', () => {
  let world: World
  let mine: { authorization: string }
  const get = (url: string, headers: Record<string, string> = {}) =>
    world.producer.app.inject({ url: `/v1/edits/${url}`, headers: { ...mine, ...headers } })

  /** An edit of the producer `mine` with these images, rendered or further. */
  async function rendered(id: string, images: Image[], more: Partial<Edit> = {}): Promise<Edit> {
    const ledger = openLedgerWorld(world.redis, world.prefix)
    const queued = await ledger.queued(id, { producer: 'mine', key: more.key ?? id })
    const admitted = await ledger.admitted(queued, { ...lane, running: 99, posting: 99 })
    const running = await ledger.moved(admitted, {
      to: 'running',
      set: { taskId: `task-${id}`, submittedAt: 1 },
    })
    return ledger.moved(running, { to: 'rendered', set: { images }, expiresAt: 9 })
  }

  const stored = (id: string, more: object = {}): Image => ({
    index: 0,
    stored: {
      key: `mine/${id}/0.png`,
      sha256,
      bytes: bytes.length,
      width: 10,
      height: 10,
      contentType: 'image/png',
      ...more,
    },
  })

  beforeAll(async () => {
    world = await openProducer()
    mine = await world.keyOf('mine')
    await rendered('edit_one', [stored('edit_one')], { key: 'лампа 1' })
    await world.store.putIfAbsent('mine/edit_one/0.png', bytes, { contentType: 'image/png', sha256 })
  })
  afterEach(() => world.server.s3.faults.down(false))
  afterAll(() => world.stop())

  it('gives the bytes, which may be kept for ever and are called like the row', async () => {
    const answer = await get('edit_one/images/0')
    expect(answer.statusCode).toBe(200)
    expect(answer.rawPayload.equals(bytes)).toBe(true)
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': '1000',
      etag: `"${sha256}"`,
      'cache-control': 'private, max-age=31536000, immutable',
      vary: 'cookie, authorization',
      'accept-ranges': 'bytes',
      'content-disposition': `inline; filename="______1-0.png"; filename*=UTF-8''${encodeURIComponent('лампа 1-0.png')}`,
    })
  })

  it('tells of them without sending them, and asks the bucket nothing', async () => {
    world.server.s3.faults.down(true)
    const url = '/v1/edits/edit_one/images/0'
    const answer = await world.producer.app.inject({ method: 'HEAD', url, headers: mine })
    expect([answer.statusCode, answer.body]).toEqual([200, ''])
    expect(answer.headers).toMatchObject({ 'content-length': '1000', etag: `"${sha256}"` })
  })

  it('gives a part of them', async () => {
    const part = await get('edit_one/images/0', { range: 'bytes=990-' })
    expect(part.statusCode).toBe(206)
    expect(part.headers).toMatchObject({ 'content-range': 'bytes 990-999/1000', 'content-length': '10' })
    expect(part.rawPayload.equals(bytes.subarray(990))).toBe(true)
    const same = await get('edit_one/images/0', { range: 'bytes=0-0', 'if-range': `"${sha256}"` })
    expect(same.rawPayload).toHaveLength(1)
    const other = await get('edit_one/images/0', { range: 'bytes=0-0', 'if-range': '"x"' })
    expect([other.statusCode, other.rawPayload.length]).toEqual([200, 1_000])
    const behind = await get('edit_one/images/0', { range: 'bytes=1000-' })
    expect([behind.statusCode, behind.headers['content-range']]).toEqual([416, 'bytes */1000'])
    expect(behind.headers['content-type']).toBe('application/problem+json')
  })

  it('asks the bucket nothing for whoever has the image', async () => {
    world.server.s3.faults.down(true)
    const answer = await get('edit_one/images/0', { 'if-none-match': `"x", W/"${sha256}"` })
    expect([answer.statusCode, answer.body]).toEqual([304, ''])
    expect(answer.headers['etag']).toBe(`"${sha256}"`)
  })

  it('are read by the client, and what it refuses is an error with its code', async () => {
    const key = mine.authorization.replace('Bearer ', '')
    const client = createClient({ url: world.producer.url, key, retry: retryNothing })
    const read = async (edit: string, from: number) => {
      const pieces: Uint8Array[] = []
      for await (const piece of client.images.read(edit, 0, { from })) pieces.push(piece)
      return Buffer.concat(pieces)
    }
    expect((await read('edit_one', 0)).equals(bytes)).toBe(true)
    expect((await read('edit_one', 900)).equals(bytes.subarray(900))).toBe(true)
    await expect(read('edit_none', 0)).rejects.toMatchObject({ code: 'not-found', status: 404 })
  })

  it('leads to the bucket where that is asked for', async () => {
    const answer = await get('edit_one/images/0?via=redirect')
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([302, 'private, no-store'])
    const image = await fetch(String(answer.headers['location']))
    expect(Buffer.from(await image.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('says of an image that is not there yet when to ask again', async () => {
    await rendered('edit_soon', [{ index: 0, url: 'https://oss.example.com/0.png' }])
    const answer = await get('edit_soon/images/0')
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([409, '5'])
    expect(answer.body).toContain('image-pending')
    expect(answer.json().detail).toBe('Edit edit_soon is rendered; this image is not stored yet.')
  })

  it('says of an image that will not come why', async () => {
    const failure = { code: 'ImageExpired', message: 'its address ended' }
    await rendered('edit_never', [{ index: 0, failure }])
    const answer = await get('edit_never/images/0')
    expect(answer.statusCode).toBe(410)
    expect(answer.json().detail).toBe('This image will not come: ImageExpired: its address ended')
    await openLedgerWorld(world.redis, world.prefix).standing('edit_canceled', 'canceled', {
      producer: 'mine',
    })
    expect((await get('edit_canceled/images/0')).json()).toMatchObject({
      status: 410,
      detail: 'Edit edit_canceled is canceled, and this image was never stored.',
    })
  })

  it('says of an image that somebody took out of the bucket that it is gone', async () => {
    await rendered('edit_gone', [stored('edit_gone')])
    const answer = await get('edit_gone/images/0')
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([410, 'application/problem+json'])
  })

  it('shows nobody the images of another, nor those that nobody asked for', async () => {
    const theirs = await world.keyOf('theirs')
    const other = await get('edit_one/images/0', theirs)
    expect(other.statusCode).toBe(404)
    expect(other.json().detail).toBe((await get('edit_none/images/0')).json().detail)
    expect((await get('edit_one/images/1')).json()).toMatchObject({
      status: 404,
      detail: 'There is no such image.',
    })
  })

  it('holds no more in memory for one producer than it may', async () => {
    await rendered('edit_large', [stored('edit_large', { bytes: limits.heldImageBytesEach })])
    const key = /edit_large/
    const held = world.server.s3.faults.add({ operation: 'GetObject', key, times: 1, do: 'hang' })
    const leaves = new AbortController()
    const url = `${world.producer.url}/v1/edits/edit_large/images/0`
    const first = fetch(url, { headers: mine, signal: leaves.signal }).catch((error: unknown) => error)
    await world.until(async () => held.fired === 1)
    expect((await get('edit_large/images/0')).statusCode).toBe(503)
    leaves.abort()
    await first
    // what was held is free again
    await world.until(async () => (await get('edit_large/images/0')).statusCode === 410)
  })
})
