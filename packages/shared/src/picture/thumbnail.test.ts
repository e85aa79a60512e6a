import sharp, { type Sharp } from 'sharp'
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash'
import { shrink, thumbnailOf } from './thumbnail.ts'

const flat = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 4, background } })

async function made(picture: Sharp | Buffer, side = 320) {
  const bytes = Buffer.isBuffer(picture) ? picture : await picture.png().toBuffer()
  const small = await thumbnailOf(await shrink(sharp(bytes), side))
  return {
    ...small,
    facts: await sharp(small.bytes).metadata(),
    hash: Buffer.from(small.thumbhash, 'base64'),
  }
}

describe('a small picture', () => {
  it.each([
    [1280, 1280, 320, 320],
    [1600, 400, 320, 80],
    [400, 1600, 80, 320],
    [5000, 2, 320, 1],
    [100, 50, 100, 50],
    [1, 1, 1, 1],
  ])('of %i by %i px is %i by %i', async (width, height, w, h) => {
    const { facts, hash } = await made(flat(width, height, 'red'))
    expect(facts).toMatchObject({ format: 'webp', width: w, height: h })
    expect(hash.length).toBeLessThan(30)
  })

  it('is upright, whatever the camera wrote', async () => {
    const lying = await flat(200, 100, 'red').jpeg().withMetadata({ orientation: 6 }).toBuffer()
    const { facts, hash } = await made(lying)
    expect(facts).toMatchObject({ width: 100, height: 200 })
    expect(facts.orientation).toBeUndefined()
    expect(thumbHashToApproximateAspectRatio(hash)).toBeLessThan(1)
  })

  it.each([
    ['grey', (each: Sharp) => each.removeAlpha().toColourspace('b-w').png()],
    ['16 bits deep', (each: Sharp) => each.toColourspace('rgb16').png()],
    ['CMYK', (each: Sharp) => each.removeAlpha().toColourspace('cmyk').jpeg()],
    ['of a palette', (each: Sharp) => each.png({ palette: true })],
  ])('of one that is %s has its colours', async (_what, as) => {
    const { hash, facts } = await made(await as(flat(500, 500, '#808080')).toBuffer())
    expect(facts.space).toBe('srgb')
    const { r, g, b, a } = thumbHashToAverageRGBA(hash)
    for (const part of [r, g, b]) expect(Math.abs(part - 0.5)).toBeLessThan(0.1)
    expect(a).toBe(1)
  })

  it('keeps what is transparent', async () => {
    const { hash, facts } = await made(flat(500, 500, '#00ff0040'))
    expect(facts.hasAlpha).toBe(true)
    expect(thumbHashToAverageRGBA(hash).a).toBeLessThan(0.5)
  })

  it('carries nothing of what the file says about itself', async () => {
    const told = await flat(500, 500, 'red')
      .withExif({ IFD0: { Copyright: 'secret' } })
      .jpeg()
      .toBuffer()
    expect((await made(told)).bytes.includes('secret')).toBe(false)
  })
})
