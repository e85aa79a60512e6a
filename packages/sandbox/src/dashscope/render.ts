import { createHash } from 'node:crypto'
import sharp, { type Matrix3x3 } from 'sharp'

/** What to paint: the source picture (none: from the prompt alone), the words, the output's size in px. */
export type Painting = {
  source: Buffer | undefined
  prompt: string
  /** Seed of this very image: seed + k for the k-th. */
  seed: number
  width: number
  height: number
  watermark: boolean
}

/** The size in px of an output of this area in the ratio of a picture, each side a multiple of 16. */
export const sizeOfArea = (area: number, ratio: number): { width: number; height: number } => ({
  width: Math.max(16, Math.round(Math.sqrt(area * ratio) / 16) * 16),
  height: Math.max(16, Math.round(Math.sqrt(area / ratio) / 16) * 16),
})

const escapeXml = (text: string): string =>
  text
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{Zs}]/gu, '')
    .replaceAll(/[<>&'"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Rotates the hue about the grey axis and stretches saturation: one matrix, one pass over the picture. */
const colorMatrix = (degrees: number, saturation: number): Matrix3x3 => {
  const cos = Math.cos((degrees * Math.PI) / 180)
  const sin = Math.sin((degrees * Math.PI) / 180) * Math.sqrt(1 / 3)
  const third = (1 - cos) / 3
  const hue = [
    [cos + third, third - sin, third + sin],
    [third + sin, cos + third, third - sin],
    [third - sin, third + sin, cos + third],
  ] as const
  const grey = (1 - saturation) / 3
  const mix = (row: readonly [number, number, number]): [number, number, number] => [
    grey + saturation * row[0],
    grey + saturation * row[1],
    grey + saturation * row[2],
  ]
  return [mix(hue[0]), mix(hue[1]), mix(hue[2])]
}

const caption = (prompt: string, dice: Buffer, width: number, height: number): Buffer => {
  const size = Math.round(height * 0.5)
  const squares = [...dice.subarray(0, 6)].map(
    (die, k) =>
      `<rect x="${width - (k + 1) * size * 0.7}" y="${height * 0.25}" width="${size * 0.55}" height="${size}" fill="hsl(${(die * 360) / 256},80%,60%)"/>`,
  )
  const words = escapeXml(Array.from(prompt).slice(0, 60).join(''))
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#111"/>` +
      `<text x="${size * 0.5}" y="${height * 0.68}" font-size="${size}" font-family="sans-serif" fill="#fff">${words}</text>${squares.join('')}</svg>`,
  )
}

const watermarkText = (height: number): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${height * 8}" height="${height}"><rect width="100%" height="100%" fill="#fff"/>` +
      `<text x="${height * 0.4}" y="${height * 0.75}" font-size="${height * 0.8}" font-family="sans-serif" fill="#333">AI-generated</text></svg>`,
  )

/** Edits a picture visibly, in a way that depends on the prompt and the seed and on nothing else. Returns PNG. */
export const render = async ({
  source,
  prompt,
  seed,
  width,
  height,
  watermark,
}: Painting): Promise<Buffer> => {
  const dice = createHash('sha256').update(`${seed}\n${prompt}`).digest()
  const die = (index: number): number => (dice[index] ?? 0) / 256
  const frame = Math.round(Math.min(width, height) * (0.02 + die(0) * 0.02))
  const strip = Math.round(Math.min(width, height) * 0.06)
  const [innerWidth, innerHeight] = [width - 2 * frame, height - 2 * frame - strip]
  const background = `hsl(${Math.round(die(1) * 360)}, 30%, 40%)`
  const base = source
    ? sharp(source, { failOn: 'error' }).flatten({ background: '#fff' }).resize(innerWidth, innerHeight)
    : sharp({ create: { width: innerWidth, height: innerHeight, channels: 3, background } })
  return base
    .toColourspace('srgb')
    .recomb(colorMatrix(60 + die(2) * 240, 0.7 + die(3) * 0.9))
    .extend({ top: frame, left: frame, right: frame, bottom: frame + strip, background })
    .composite([
      { input: caption(prompt, dice, innerWidth, strip), left: frame, top: height - frame - strip },
      ...(watermark
        ? [
            {
              input: watermarkText(Math.round(strip / 2)),
              left: width - frame - Math.round(strip / 2) * 8,
              top: height - frame - strip - Math.round(strip / 2),
            },
          ]
        : []),
    ])
    .removeAlpha()
    .png({ compressionLevel: 1 })
    .toBuffer()
}

/** A cheap stand-in of the right size for benchmarks: one flat colour out of eight, rendered once per size. */
export const createFlatRender = (): ((painting: Painting) => Promise<Buffer>) => {
  const cache = new Map<string, Promise<Buffer>>()
  return ({ prompt, seed, width, height }) => {
    const color = (createHash('sha256').update(`${seed}\n${prompt}`).digest()[0] ?? 0) % 8
    const key = `${width}*${height}/${color}`
    const cached = cache.get(key)
    if (cached) return cached
    const background = `hsl(${color * 45}, 60%, 50%)`
    const made = sharp({ create: { width, height, channels: 3, background } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    cache.set(key, made)
    return made
  }
}
