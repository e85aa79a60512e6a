import type { ImageExtension } from '@restyle/shared/object-key'
import { shrink, type SmallPixels, thumbnailSides } from '@restyle/shared/picture/thumbnail'
import { pictureFormat } from '@restyle/shared/picture-format'
import sharp, { type Sharp } from 'sharp'
import { pictureEnd } from './picture-end.ts'

export type CheckedImage =
  | {
      kind: 'whole'
      format: ImageFormat
      /** In pixels. */
      width: number
      height: number
      contentType: `image/${ImageFormat}`
      extension: ImageExtension
      /** Where it was asked for. */
      small?: SmallPixels
    }
  | { kind: 'broken'; reason: string }

export type ImageFormat = keyof typeof pictureEnd

// no picture is decoded twice: a cache would only take memory
sharp.cache(false)

const extensions = { png: 'png', jpeg: 'jpg', webp: 'webp' } as const

/**
 * Whether `bytes` are one whole, still PNG, JPEG or WebP picture and nothing else. Only the bytes count, not what headers or
 * names say. `maxPixels` limits the memory that decoding may take, about 4 bytes each. `small`: gives the pixels for a small
 * picture too, of the same decoding.
 */
export async function checkImage(
  bytes: Buffer,
  { maxPixels = 64e6, small = false }: { maxPixels?: number; small?: boolean } = {},
): Promise<CheckedImage> {
  const format = pictureFormat(bytes)
  if (format === undefined || format === 'bmp') return broken('is not a PNG, JPEG or WebP picture')
  const end = pictureEnd[format](bytes)
  if (end === undefined) return broken('is cut short or animated')
  if (end < bytes.length) return broken('has foreign bytes after the picture')
  try {
    const picture = sharp(bytes, { failOn: 'truncated', limitInputPixels: maxPixels })
    const { width, height, pages = 1 } = await picture.metadata()
    if (pages > 1) return broken('is animated')
    const pixels = await decode(picture, small)
    return {
      kind: 'whole',
      format,
      width,
      height,
      contentType: `image/${format}`,
      extension: extensions[format],
      ...(pixels === undefined ? {} : { small: pixels }),
    }
  } catch (error) {
    return broken(`does not decode: ${error instanceof Error ? error.message : 'unknown fault'}`)
  }
}

async function decode(picture: Sharp, small: boolean): Promise<SmallPixels | undefined> {
  if (small) return shrink(picture, thumbnailSides[0])
  // reads every row: a plain shrink to one pixel would stop at the middle one
  await picture.resize(1, 1, { fit: 'fill' }).raw().toBuffer()
  return undefined
}

function broken(reason: string): CheckedImage {
  return { kind: 'broken', reason }
}
