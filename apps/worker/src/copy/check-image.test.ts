import { crc32, deflateSync, inflateSync } from 'node:zlib'
import sharp from 'sharp'
import { checkImage } from './check-image.ts'
import type { ImageFormat } from './check-image.ts'

const drawn: Record<ImageFormat, Buffer> = { png: Buffer.of(), jpeg: Buffer.of(), webp: Buffer.of() }

/** Noise, so that nothing compresses away and a cut always cuts pixels. */
function noise(width = 320, height = 240) {
  return sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'gray',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
}

beforeAll(async () => {
  drawn.png = await noise().png().toBuffer()
  drawn.jpeg = await noise().jpeg().toBuffer()
  drawn.webp = await noise().webp().toBuffer()
})

describe.each(['png', 'jpeg', 'webp'] as const)('a %s picture', (format) => {
  it('passes when whole, with its true size and type', async () => {
    expect(await checkImage(drawn[format])).toEqual({
      kind: 'whole',
      format,
      width: 320,
      height: 240,
      contentType: `image/${format}`,
      extension: format === 'jpeg' ? 'jpg' : format,
    })
  })

  it.each([1, 2, 4, 12, 100, 1000, 20_000])('is broken without its last %i bytes', async (missing) => {
    const cut = drawn[format].subarray(0, -missing)
    expect(await checkImage(cut)).toEqual({ kind: 'broken', reason: 'is cut short or animated' })
  })

  it('is broken at every length from nothing to a whole header', async () => {
    for (let length = 0; length < 200; length++) {
      expect(await checkImage(drawn[format].subarray(0, length))).toMatchObject({ kind: 'broken' })
    }
  })

  it('is broken when another file is hidden behind it', async () => {
    const polyglot = Buffer.concat([drawn[format], Buffer.from('<script>alert(1)</script>')])
    expect(await checkImage(polyglot)).toEqual({
      kind: 'broken',
      reason: 'has foreign bytes after the picture',
    })
  })

  it('is broken when its header is followed by garbage', async () => {
    const garbage = Buffer.concat([drawn[format].subarray(0, 60), Buffer.alloc(50_000, 0x5a)])
    expect(await checkImage(garbage)).toMatchObject({ kind: 'broken' })
  })

  it('is broken when it has more pixels than we are willing to decode', async () => {
    expect(await checkImage(drawn[format], { maxPixels: 320 * 240 - 1 })).toMatchObject({ kind: 'broken' })
    expect(await checkImage(drawn[format], { maxPixels: 320 * 240 })).toMatchObject({ kind: 'whole' })
  })
})

describe('checkImage', () => {
  it('does not take a PNG whose frame is sound and whose pixels stop half-way', async () => {
    expect(await checkImage(withShorterPixels(drawn.png))).toMatchObject({
      kind: 'broken',
      reason: expect.stringMatching(/^does not decode/),
    })
  })

  it.each([
    ['wide', 1280, 400],
    ['high', 333, 1777],
    ['small', 100, 80],
  ])(
    'gives the pixels of a small picture of a %s one, and misses no more of it',
    async (_, width, height) => {
      const png = await noise(width, height).png().toBuffer()
      const scale = Math.min(1, 320 / Math.max(width, height))
      const small = { width: Math.round(width * scale), height: Math.round(height * scale), channels: 3 }
      expect(await checkImage(png, { small: true })).toMatchObject({ kind: 'whole', width, height, small })
      expect(await checkImage(withoutLastRow(png, width), { small: true })).toMatchObject({ kind: 'broken' })
    },
  )

  it('passes a progressive JPEG and one with a thumbnail', async () => {
    const progressive = await noise().jpeg({ progressive: true }).toBuffer()
    expect(await checkImage(progressive)).toMatchObject({ kind: 'whole' })
    expect(await checkImage(withThumbnail(progressive, drawn.jpeg))).toMatchObject({ kind: 'whole' })
  })

  it('notices a cut JPEG even where a thumbnail has an end of its own', async () => {
    const cut = withThumbnail(drawn.jpeg, drawn.jpeg).subarray(0, -100)
    expect(await checkImage(cut)).toMatchObject({ kind: 'broken' })
  })

  it('passes a JPEG with fill bytes before a marker', async () => {
    const filled = Buffer.concat([
      drawn.jpeg.subarray(0, 2),
      Buffer.from([0xff, 0xff]),
      drawn.jpeg.subarray(2),
    ])
    expect(await checkImage(filled)).toMatchObject({ kind: 'whole' })
  })

  it('does not take a JPEG with foreign bytes between its segments', async () => {
    const firstSegmentEnd = 4 + drawn.jpeg.readUInt16BE(4)
    const foreign = Buffer.from([0x00, 0xe5, 0x00, 0x04, 0x01, 0x02])
    const stuffed = Buffer.concat([
      drawn.jpeg.subarray(0, firstSegmentEnd),
      foreign,
      drawn.jpeg.subarray(firstSegmentEnd),
    ])
    expect(await checkImage(stuffed)).toMatchObject({ kind: 'broken' })
  })

  it('refuses an animated PNG', async () => {
    const control = chunk('acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]))
    const animated = Buffer.concat([drawn.png.subarray(0, 33), control, drawn.png.subarray(33)])
    expect(await checkImage(animated)).toEqual({ kind: 'broken', reason: 'is cut short or animated' })
  })

  it('refuses an animated WebP', async () => {
    const frames = await sharp([await noise().png().toBuffer(), await noise().png().toBuffer()], {
      join: { animated: true },
    })
      .webp()
      .toBuffer()
    expect(await checkImage(frames)).toEqual({ kind: 'broken', reason: 'is animated' })
  })

  it('refuses a decompression bomb without decoding it', async () => {
    const bomb = await sharp({ create: { width: 16_000, height: 16_000, channels: 3, background: 'black' } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    expect(bomb.length).toBeLessThan(2e6)
    const rssBefore = process.memoryUsage.rss()
    expect(await checkImage(bomb)).toMatchObject({ kind: 'broken' })
    expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(200e6)
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page of HTML', Buffer.from('<!doctype html><title>Sign in to the network</title>')],
    ['an XML error', Buffer.from('<Error><Code>AccessDenied</Code></Error>')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')],
    ['a GIF', Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=', 'base64')],
    ['a RIFF sound', Buffer.from('RIFF\x04\0\0\0WAVEfmt ')],
  ])('does not take %s for a picture', async (_what, bytes) => {
    expect(await checkImage(bytes)).toEqual({
      kind: 'broken',
      reason: 'is not a PNG, JPEG or WebP picture',
    })
  })
})

function chunk(type: string, data: Buffer): Buffer {
  const frame = Buffer.alloc(12 + data.length)
  frame.writeUInt32BE(data.length, 0)
  frame.write(type, 4, 'latin1')
  data.copy(frame, 8)
  frame.writeUInt32BE(crc32(frame.subarray(4, 8 + data.length)), 8 + data.length)
  return frame
}

/** The first half of the pixel data in one well-formed IDAT, and a proper end. */
function withShorterPixels(png: Buffer): Buffer {
  const pixels = png.subarray(png.indexOf('IDAT') + 4, Math.floor(png.length / 2))
  const head = png.subarray(0, 33)
  return Buffer.concat([head, chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

/** All pixels but those of the last row, in one well-formed IDAT. */
function withoutLastRow(png: Buffer, width: number): Buffer {
  const parts: Buffer[] = []
  for (let at = 33; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  const rows = inflateSync(Buffer.concat(parts))
  const pixels = deflateSync(rows.subarray(0, rows.length - 1 - 3 * width))
  return Buffer.concat([png.subarray(0, 33), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

/** Puts a whole JPEG into an APP1 segment, as cameras do; only the first 60 KB of a segment fit. */
function withThumbnail(jpeg: Buffer, thumbnail: Buffer): Buffer {
  const data = Buffer.concat([
    Buffer.from('Thumb\0'),
    thumbnail.subarray(0, 60_000),
    Buffer.from([0xff, 0xd9]),
  ])
  const frame = Buffer.from([0xff, 0xe5, 0, 0])
  frame.writeUInt16BE(data.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), frame, data, jpeg.subarray(2)])
}
