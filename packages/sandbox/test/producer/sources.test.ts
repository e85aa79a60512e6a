import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { fine, openProducer, type World } from './open-producer.ts'

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#8a6' } })

describe('PUT /v1/sources', () => {
  let world: World
  let headers: { authorization: string }
  const put = (bytes: Buffer, sha256 = digest(bytes), type = 'application/octet-stream') =>
    world.producer.app.inject({
      method: 'PUT',
      url: `/v1/sources/${sha256}`,
      headers: { ...headers, 'content-type': type },
      payload: bytes,
    })
  const edit = (bytes: Buffer) =>
    world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers,
      payload: { ...fine, images: [`sha256:${digest(bytes)}`] },
    })

  beforeAll(async () => {
    world = await openProducer()
    headers = await world.keyOf('catalog')
  })
  afterAll(() => world.stop())

  it.each(['jpeg', 'png', 'webp'] as const)('keeps a whole %s under its digest, once', async (format) => {
    const bytes = await picture(800, 600).toFormat(format).toBuffer()
    const facts = { image: `sha256:${digest(bytes)}`, format, width: 800, height: 600, bytes: bytes.length }
    const url = `/v1/sources/${digest(bytes)}`
    expect((await world.producer.app.inject({ url, headers })).statusCode).toBe(404)
    expect((await world.producer.app.inject({ method: 'HEAD', url, headers })).statusCode).toBe(404)

    const first = await put(bytes)
    expect(first.statusCode).toBe(201)
    expect(first.json()).toEqual(facts)
    expect((await put(bytes, undefined, 'image/whatever')).statusCode).toBe(200)
    expect((await world.producer.app.inject({ url, headers })).json()).toEqual(facts)
    expect((await world.producer.app.inject({ method: 'HEAD', url, headers })).statusCode).toBe(200)
    expect(await world.store.get(`sources/catalog/${digest(bytes)}`)).toEqual(bytes)
    expect((await edit(bytes)).statusCode).toBe(202)
  })

  it('keeps a Windows bitmap, and not half of one', async () => {
    const bytes = bitmap(500, 400)
    expect((await put(bytes)).json()).toMatchObject({ format: 'bmp', width: 500, height: 400 })
    expect((await put(bytes.subarray(0, -10))).statusCode).toBe(422)
  })

  it('refuses bytes that are not those of the digest', async () => {
    const bytes = await picture(800, 600).png().toBuffer()
    const answer = await put(bytes, '0'.repeat(64))
    expect(answer.statusCode).toBe(422)
    expect(answer.json().type).toBe('/problems#digest-mismatch')
    expect(answer.json().detail).toContain(digest(bytes))
  })

  it.each<[string, () => Promise<Buffer>]>([
    ['a text', async () => Buffer.from('I am called photo.png')],
    ['nothing', async () => Buffer.alloc(0)],
    ['half a PNG', async () => (await noise(400)).subarray(0, -1_000)],
    ['half a JPEG', async () => (await picture(800, 600).jpeg().toBuffer()).subarray(0, -200)],
    ['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"/>')],
    ['a picture of 100 million pixels', () => picture(10_000, 10_000).png().toBuffer()],
  ])('refuses %s', async (_, make) => {
    const answer = await put(await make(), undefined, 'image/png')
    expect(answer.statusCode).toBe(422)
    expect(answer.json().type).toBe('/problems#not-a-picture')
  })

  it('takes a picture of 200 px and refuses the edit that names it', async () => {
    const bytes = await picture(200, 200).png().toBuffer()
    expect((await put(bytes)).statusCode).toBe(201)
    const answer = await edit(bytes)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toEqual([
      {
        pointer: '/images/0',
        detail: expect.stringMatching(/^images\/0 does not fit: width is 200 px; .* 384 to 5000$/),
      },
      { pointer: '/images/0', detail: expect.stringMatching(/height is 200 px/) },
    ])
  })

  it('takes a picture of 12 MB and refuses the edit that names it', async () => {
    const bytes = await noise(2_000)
    expect(bytes.length).toBeGreaterThan(12_000_000)
    expect((await put(bytes)).statusCode).toBe(201)
    expect((await edit(bytes)).json().errors).toEqual([
      { pointer: '/images/0', detail: expect.stringMatching(/file is 12\d+ bytes; .* 1 to 10485760$/) },
    ])
  })

  it('says the limit to a file above 20 MiB', async () => {
    const answer = await put(Buffer.alloc(20 * 1024 * 1024 + 1))
    expect(answer.statusCode).toBe(413)
    expect(answer.json().detail).toBe('The body is over 20971520 bytes.')
  })

  it.each(['application/json', 'text/plain'])('reads no %s', async (type) => {
    expect((await put(Buffer.from('{}'), undefined, type)).statusCode).toBe(415)
  })

  it('refuses an address that is no digest', async () => {
    const answer = await put(Buffer.from('x'), 'ABC')
    expect(answer.statusCode).toBe(400)
    expect(answer.json().detail).toBe('sha256 must be 64 hex digits in lower case')
  })

  it('lets nobody use what another uploaded', async () => {
    const bytes = await picture(900, 600).png().toBuffer()
    await put(bytes)
    const mine = headers
    headers = await world.keyOf('other')
    expect((await edit(bytes)).json().detail).toMatch(/was not uploaded/)
    headers = mine
    expect((await edit(bytes)).statusCode).toBe(202)
  })

  it('turns away, within seconds, while the bucket is gone', async () => {
    const bytes = await picture(901, 600).png().toBuffer()
    const own = await openProducer()
    const key = await own.keyOf('catalog')
    await own.server.s3.stop()
    const answer = await own.producer.app.inject({
      method: 'PUT',
      url: `/v1/sources/${digest(bytes)}`,
      headers: { ...key, 'content-type': 'image/png' },
      payload: bytes,
    })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect((await own.producer.app.inject({ url: '/readyz' })).json().detail).toMatch(/the bucket cannot/)
    await own.stop()
  })
})

/** Three bytes a pixel that do not compress. */
const noise = (side: number): Promise<Buffer> =>
  sharp({
    create: {
      width: side,
      height: side,
      channels: 3,
      background: '#777',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .png({ compressionLevel: 0 })
    .toBuffer()

function bitmap(width: number, height: number): Buffer {
  const rows = Buffer.alloc(Math.ceil((width * 24) / 32) * 4 * height, 0x7f)
  const head = Buffer.alloc(54)
  head.write('BM')
  head.writeUInt32LE(54 + rows.length, 2)
  head.writeUInt32LE(54, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(width, 18)
  head.writeInt32LE(height, 22)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(24, 28)
  return Buffer.concat([head, rows])
}
