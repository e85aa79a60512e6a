import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { startBytes } from './file-kind.ts'
import { fittedSize, smallerSize, type Fit } from './fitted-size.ts'
import { preparePicture } from './prepare-picture.ts'

/** Those of wan2.5-i2i-preview. */
const fit: Fit = { side: [384, 5000], bytes: 10 * 1024 * 1024, ratio: 4 }

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restyle-prepare-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function prepare(bytes: Buffer, limits = fit, background = 'white') {
  const path = join(folder, 'picture')
  await writeFile(path, bytes)
  const file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0)
  await file.close()
  const whole = { path, start: buffer.subarray(0, bytesRead), bytes: (await stat(path)).size }
  return preparePicture(whole, limits, background)
}

async function prepared(bytes: Buffer, limits = fit, background = 'white') {
  const read = await prepare(bytes, limits, background)
  if (read.kind !== 'prepared') throw new Error(`was not prepared: ${JSON.stringify(read)}`)
  return read
}

/** The colour of a pixel as three numbers. */
async function pixel(bytes: Buffer, left: number, top: number): Promise<number[]> {
  const raw = await sharp(bytes).extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer()
  return [...raw]
}

const near = (actual: readonly number[], wanted: readonly number[], slack = 12): void =>
  actual.forEach((value, index) => expect(Math.abs(value - (wanted[index] ?? 0))).toBeLessThanOrEqual(slack))

const flat = (width: number, height: number, background = 'red') =>
  sharp({ create: { width, height, channels: 3, background } })

const noisy = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })

/** Upright, 600 by 400: red, green, blue and white quarters, in the order of reading. */
const quarters = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
] as const
const [W, H] = [600, 400]

/** Where the upright pixel (x, y) is stored under each orientation of EXIF. */
const storedAt: Record<number, (x: number, y: number) => [x: number, y: number]> = {
  1: (x, y) => [x, y],
  2: (x, y) => [W - 1 - x, y],
  3: (x, y) => [W - 1 - x, H - 1 - y],
  4: (x, y) => [x, H - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y) => [y, W - 1 - x],
  7: (x, y) => [H - 1 - y, W - 1 - x],
  8: (x, y) => [H - 1 - y, x],
}

async function turned(orientation: number): Promise<Buffer> {
  const [width, height] = orientation < 5 ? [W, H] : [H, W]
  const raw = Buffer.alloc(W * H * 3)
  for (let y = 0; y < H; y += 1)
    for (let x = 0; x < W; x += 1) {
      const [sx, sy] = storedAt[orientation]?.(x, y) ?? [0, 0]
      const colour = quarters[(y < H / 2 ? 0 : 2) + (x < W / 2 ? 0 : 1)] ?? [0, 0, 0]
      raw.set(colour, (sy * width + sx) * 3)
    }
  return sharp(raw, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer()
}

describe('a picture that is made ready', () => {
  it('stays as it is where nothing is to be done', async () => {
    for (const bytes of [await turned(1), await flat(600, 400).png().toBuffer()])
      expect(await prepare(bytes)).toMatchObject({
        kind: 'picture',
        picture: { width: 600, height: 400, bytes: bytes.length },
      })
  })

  it.each([2, 3, 4, 5, 6, 7, 8])('is upright, with orientation %d', async (orientation) => {
    const { bytes, changes, picture } = await prepared(await turned(orientation))
    expect(changes).toEqual(['turned'])
    expect(picture).toEqual({ format: 'jpeg', width: W, height: H, bytes: bytes.length })
    const corners = [
      [50, 50],
      [550, 50],
      [50, 350],
      [550, 350],
    ] as const
    for (const [index, [x, y]] of corners.entries()) near(await pixel(bytes, x, y), quarters[index] ?? [])
    expect((await sharp(bytes).metadata()).orientation).toBeUndefined()
  })

  it('is sRGB where it was CMYK, and black stays black', async () => {
    const cmyk = await flat(600, 400, 'black').toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk')
    const { bytes, changes } = await prepared(cmyk)
    expect(changes).toEqual(['cmyk without a profile'])
    expect(await sharp(bytes).metadata()).toMatchObject({ space: 'srgb', channels: 3 })
    near(await pixel(bytes, 100, 100), [0, 0, 0], 0x30)
  })

  it('is said to have had a profile where it had one', async () => {
    const bytes = await flat(600, 400).toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer()
    const made = await prepared(bytes)
    expect(made.changes).toEqual(['cmyk'])
    near(await pixel(made.bytes, 100, 100), [255, 0, 0], 40)
  })

  it.each(['png', 'webp'] as const)(
    'is laid on the background where it is transparent, as %s',
    async (format) => {
      const clear = sharp({
        create: { width: 600, height: 400, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
      })
      const bytes = await clear.toFormat(format).toBuffer()
      const made = await prepared(bytes, fit, '#10f0a0')
      expect(made.changes).toEqual(['flattened'])
      expect((await sharp(made.bytes).metadata()).hasAlpha).toBe(false)
      near(await pixel(made.bytes, 10, 10), [0x10, 0xf0, 0xa0])
    },
  )

  it('stays as it is with a channel of transparency that is full everywhere', async () => {
    const bytes = await flat(600, 400).ensureAlpha(1).png().toBuffer()
    expect(await prepare(bytes)).toMatchObject({ kind: 'picture' })
  })

  it('of 24 megapixels is fitted into the sides that the model takes', async () => {
    const bytes = await flat(6000, 4000).jpeg().toBuffer()
    const { picture, changes } = await prepared(bytes)
    expect(changes).toEqual(['shrunk'])
    expect(picture).toMatchObject({ width: 5000, height: 3333 })
  })

  it('with too many bytes is compressed, and made smaller only where that is not enough', async () => {
    const bytes = await noisy(1200, 800).png().toBuffer()
    const some = await prepared(bytes, { ...fit, bytes: 1_200_000 })
    expect(some).toMatchObject({
      changes: ['compressed'],
      picture: { format: 'jpeg', width: 1200, height: 800 },
    })
    const few = await prepared(bytes, { ...fit, bytes: 300_000 })
    expect(few.changes).toEqual(['shrunk'])
    expect(few.bytes.length).toBeLessThanOrEqual(300_000)
    expect(few.picture.width).toBeLessThan(1200)
  })

  it('is refused where no size has few enough bytes', async () => {
    const bytes = await noisy(1200, 800).png().toBuffer()
    expect(await prepare(bytes, { ...fit, bytes: 5_000 })).toEqual({
      kind: 'fault',
      detail: 'cannot be made as small as 5000 bytes',
    })
  })

  it('has the first of several pictures in a file, and nothing after it', async () => {
    const jpeg = await flat(600, 400).jpeg().toBuffer()
    const segment = Buffer.from('\xff\xe2\x00\x10MPF\0MM\0*\0\0\0\x08\0\0', 'latin1')
    const mpo = Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2), jpeg])
    const { bytes, changes } = await prepared(mpo)
    expect(changes).toEqual(['first of several'])
    expect(bytes.subarray(-2).toString('hex')).toBe('ffd9')
    expect(bytes.indexOf(Buffer.from('ffd8ff', 'hex'), 2)).toBe(-1)
  })

  it('is the same every time it is made', async () => {
    const bytes = await turned(6)
    expect((await prepared(bytes)).bytes.equals((await prepared(bytes)).bytes)).toBe(true)
  })

  it('has no place and no camera in it', async () => {
    const exif = { IFD3: { GPSLatitudeRef: 'N' }, IFD0: { Model: 'secret' } }
    const bytes = await sharp(await turned(6))
      .withExif(exif)
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    expect((await sharp((await prepared(bytes)).bytes).metadata()).exif).toBeUndefined()
  })

  it('is refused where it is cut short, also where it would have been changed', async () => {
    const bytes = await sharp(await noisy(1200, 800).jpeg().toBuffer())
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const cut = await prepare(bytes.subarray(0, Math.floor(bytes.length * 0.6)))
    expect(cut).toMatchObject({
      kind: 'fault',
      detail: expect.stringMatching(/^is a JPEG that does not decode: /),
    })
  })

  it('is taken where only a strict reader minds stray bytes', async () => {
    const bytes = await turned(6)
    const at = bytes.indexOf(Buffer.from('ffda', 'hex'))
    const stray = Buffer.concat([bytes.subarray(0, at), Buffer.from('0000', 'hex'), bytes.subarray(at)])
    expect((await prepared(stray)).changes).toEqual(['turned'])
  })
})

describe('a size that fits', () => {
  it.each([
    [[6000, 1500], 4997, [4996, 1249]],
    [[1500, 6000], 4997, [1249, 4996]],
    [[6000, 4000], 5000, [5000, 3333]],
    [[600, 400], 5000, [600, 400]],
    [[50_000, 100], 5000, [5000, 10]],
  ] as const)('of %j within %d is %j', ([width, height], longest, [w, h]) =>
    expect(fittedSize({ width, height }, { ...fit, side: [384, longest] })).toEqual({ width: w, height: h }),
  )

  it('becomes smaller until a side would be too short', () => {
    expect(smallerSize({ width: 1000, height: 500 }, fit)).toEqual({ width: 800, height: 400 })
    expect(smallerSize({ width: 800, height: 400 }, fit)).toBeUndefined()
  })
})
