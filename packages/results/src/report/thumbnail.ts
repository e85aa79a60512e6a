import sharp from 'sharp'
import type { Thumbnail } from './report-data.ts'

/** The most bytes of a small picture, and of all of a page: 500 rows with their page stay under 45 MB as base64. */
const [mostBytes, mostOfPage] = [30_000, 30_000_000]

/** Sides in px and qualities, from what looks best to what is smallest. */
const steps = [
  { side: 512, quality: 82 },
  { side: 512, quality: 66 },
  { side: 400, quality: 66 },
  { side: 320, quality: 60 },
  { side: 240, quality: 50 },
  { side: 160, quality: 40 },
  { side: 96, quality: 30 },
] as const

/** A picture of more is none that a model takes or makes. */
const mostPixels = 100_000_000

/** How many bytes a small picture may have on a page with so many of them. */
export const bytesEach = (pictures: number): number =>
  Math.min(mostBytes, Math.floor(mostOfPage / Math.max(1, pictures)))

/** A picture upright and small enough for a page; undefined where the bytes are no picture. */
export async function thumbnail(bytes: Buffer, most = mostBytes): Promise<Thumbnail> {
  for (const { side, quality } of steps) {
    try {
      const { data, info } = await sharp(bytes, { limitInputPixels: mostPixels })
        .autoOrient()
        .resize(side, side, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality })
        .toBuffer({ resolveWithObject: true })
      if (data.length > most) continue
      return {
        src: `data:image/webp;base64,${data.toString('base64')}`,
        width: info.width,
        height: info.height,
      }
    } catch {
      return undefined
    }
  }
  return undefined
}
