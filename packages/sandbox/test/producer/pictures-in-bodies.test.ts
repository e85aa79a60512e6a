import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { keysLike } from '@restyle/shared/redis/redis-client'
import { fine, openProducer, type World } from './open-producer.ts'

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const address = (bytes: Buffer, type = 'png') => `data:image/${type};base64,${bytes.toString('base64')}`
const noise = (side: number, seed = 60): Promise<Buffer> =>
  sharp({
    create: {
      width: side,
      height: side,
      channels: 3,
      background: '#777',
      noise: { type: 'gaussian', mean: 128, sigma: seed },
    },
  })
    .png()
    .toBuffer()

describe('pictures in bodies', () => {
  let world: World
  let headers: { authorization: string }
  let [picture, other]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)]

  beforeAll(async () => {
    world = await openProducer()
    headers = await world.keyOf('catalog')
    ;[picture, other] = await Promise.all([noise(500), noise(500, 30)])
  })
  afterAll(() => world.stop())

  const post = (payload: object, key?: string) =>
    world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers: { ...headers, ...(key === undefined ? {} : { 'idempotency-key': key }) },
      payload,
    })
  const isStored = async (bytes: Buffer) =>
    (await world.store.get(`sources/catalog/${digest(bytes)}`))?.equals(bytes) ?? false
  const imagesOf = async (id: string) =>
    (await openLedger(world.redis, world.prefix).read(id))?.request.images

  it('are kept as uploads are, before the edit is accepted, and the edit names their digests', async () => {
    expect(picture.length).toBeGreaterThan(300_000)
    const answer = await post({ ...fine, images: [address(picture), fine.images[0], address(other)] })
    expect(answer.json()).toMatchObject({ state: 'queued' })
    expect(answer.statusCode).toBe(202)
    expect(await isStored(picture)).toBe(true)
    expect(await isStored(other)).toBe(true)
    expect(await imagesOf(answer.json().id)).toEqual([
      `sha256:${digest(picture)}`,
      fine.images[0],
      `sha256:${digest(other)}`,
    ])
    const head = await world.producer.app.inject({ url: `/v1/sources/${digest(picture)}`, headers })
    expect(head.json()).toMatchObject({ format: 'png', width: 500, height: 500, bytes: picture.length })
  })

  it('make the same request as their digests do: the same key is the same edit, other bytes are a conflict', async () => {
    const [inline, named] = [
      { ...fine, images: [address(picture)] },
      { ...fine, images: [`sha256:${digest(picture)}`] },
    ]
    const first = await post(inline, 'once')
    const answers = [await post(named, 'once'), await post(inline, 'once')]
    expect([first, ...answers].map(({ statusCode }) => statusCode)).toEqual([202, 200, 200])
    expect(new Set([first, ...answers].map((each) => each.json().id)).size).toBe(1)
    expect((await post({ ...fine, images: [address(other)] }, 'once')).statusCode).toBe(422)
  })

  it('come in the rows of a batch, and in chunks of rows', async () => {
    const own = await noise(450)
    const rows = [
      { ...fine, images: [address(own)] },
      { ...fine, images: [address(own), address(picture)] },
    ]
    const whole = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/batches',
      headers,
      payload: { edits: rows },
    })
    expect(whole.statusCode).toBe(202)
    expect(await isStored(own)).toBe(true)

    const opened = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/batches',
      headers,
      payload: { open: true },
    })
    const put = (lines: object[], query = '') =>
      world.producer.app.inject({
        method: 'PUT',
        url: `/v1/batches/${opened.json().id}/rows/1${query}`,
        headers: { ...headers, 'content-type': 'application/x-ndjson' },
        payload: lines.map((line) => JSON.stringify(line)).join('\n'),
      })
    const next = await noise(460)
    const lines = [
      { ...fine, images: [address(next)] },
      { ...fine, images: [address(Buffer.from('no picture'))] },
      { ...fine, prompt: address(own) },
    ]
    const refused = await put(lines)
    expect(refused.statusCode).toBe(422)
    expect(refused.json().errors).toMatchObject([
      { row: 2, pointer: '/images/0' },
      { row: 3, pointer: '/prompt', detail: 'prompt holds a picture, which only images may' },
    ])
    expect(await isStored(next)).toBe(false)
    const skipped = await put(lines, '?onFault=skip')
    expect(skipped.json()).toMatchObject({ rows: 1, nextRow: 2 })
    expect(skipped.json().rejects).toHaveLength(2)
    expect(await isStored(next)).toBe(true)
    const again = await put(lines, '?onFault=skip')
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(again.json()).toEqual(skipped.json())
  })

  it.each<[string, () => string | Promise<string>, RegExp]>([
    [
      'that is not base64',
      () => 'data:image/png;base64,###',
      /images\/0 is not base64; send a whole JPEG, PNG/,
    ],
    ['that is a text', () => address(Buffer.from('I am a picture')), /is a text file, not a picture; send/],
    [
      'of which half came',
      () => address(picture.subarray(0, -9_000)),
      /is a PNG that does not decode.*; send/,
    ],
    ['of another format', () => address(Buffer.from('GIF89a'.padEnd(60, '\0'))), /is a GIF file; save it as/],
    ['without bytes', () => 'data:image/png;base64,', /images\/0 is empty; send/],
    [
      'that is too large',
      () => address(Buffer.alloc(20 * 1024 * 1024 + 1)),
      /has more than 20971520 bytes; send/,
    ],
    [
      'too small for the model',
      async () => address(await noise(200)),
      /images\/0 does not fit: width is 200 px/,
    ],
    [
      'in another spelling',
      () => 'data:text/plain,hello',
      /is a data: address that is not read here: it must be/,
    ],
  ])('are refused %s: the field is named, and what to send instead', async (_, make, detail) => {
    const image = await make()
    const before = (await world.redis.keys('*:edit:*')).length
    const answer = await post({ ...fine, images: [image] })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors[0].pointer).toBe('/images/0')
    expect(answer.json().errors[0].detail).toMatch(detail)
    expect(answer.body.length).toBeLessThan(1_500)
    expect((await world.redis.keys('*:edit:*')).length).toBe(before)
  })

  it('store nothing of an edit that is refused', async () => {
    const own = await noise(470)
    expect((await post({ ...fine, n: 9, images: [address(own)] })).statusCode).toBe(422)
    expect(await isStored(own)).toBe(false)
  })

  it('stay out of Redis and of the log, whatever became of them', async () => {
    const piece = picture.toString('base64').slice(2_000, 2_100)
    for await (const key of keysLike(world.redis, '*')) {
      const dumped = await world.redis.dumpBuffer(key)
      expect([key, dumped?.includes(piece) ?? false]).toEqual([key, false])
      expect([key, (dumped?.length ?? 0) < 64_000]).toEqual([key, true])
    }
    expect(world.lines.join('\n')).not.toContain('base64,')
  })

  it('do not raise the bound of what is left of the body', async () => {
    const answer = await post({ ...fine, images: [address(picture)], prompt: 'x'.repeat(300_000) })
    expect(answer.statusCode).toBe(413)
    expect(answer.json().detail).toBe('The body is over 262144 bytes without its pictures.')
  })
})
