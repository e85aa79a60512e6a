import sharp, { type Sharp } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'

/** How long the longer side of a small picture may be, in pixels. */
export const thumbnailSides = [320, 960] as const
export type ThumbnailSide = (typeof thumbnailSides)[number]

/** The pixels of a picture that was made small: upright, sRGB, rows from the top, 1 to 4 bytes of each. */
export type SmallPixels = { data: Buffer; width: number; height: number; channels: 1 | 2 | 3 | 4 }

/** A small picture as WebP, and a stand-in of about 24 bytes (ThumbHash, base64) to draw until it is there. */
export type Thumbnail = { bytes: Buffer; thumbhash: string }

/** Of a stand-in only the coarsest is kept: more pixels cost time and change nothing. */
const thumbhashSide = 40

/** Shrinks a picture until it fits a square; one that fits stays as it is. Each row is decoded. Throws where one does not decode. */
export async function shrink(picture: Sharp, side: number): Promise<SmallPixels> {
  const { data, info } = await picture
    .autoOrient()
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

/** Makes the small picture of pixels that `shrink` gave. Throws what sharp throws. */
export async function thumbnailOf(pixels: SmallPixels): Promise<Thumbnail> {
  const [bytes, thumbhash] = await Promise.all([webpOf(pixels), thumbhashOf(pixels)])
  return { bytes, thumbhash }
}

/** Pixels that `shrink` gave as WebP. More quality or effort costs more time than it saves bytes. */
export const webpOf = (pixels: SmallPixels): Promise<Buffer> =>
  sharp(pixels.data, { raw: pixels }).webp({ quality: 75, effort: 2 }).toBuffer()

async function thumbhashOf(pixels: SmallPixels): Promise<string> {
  const { data, info } = await sharp(pixels.data, { raw: pixels })
    .resize(thumbhashSide, thumbhashSide, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
}
