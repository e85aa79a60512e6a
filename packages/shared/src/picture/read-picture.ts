import sharp from 'sharp'
import type { PictureFormat } from '../picture-format.ts'
import { readBmp } from './bmp.ts'
import { fileKind, startBytes } from './file-kind.ts'

/** A picture that every reader takes for one: its sides in pixels, its size in bytes. */
export type WholePicture = { format: PictureFormat; width: number; height: number; bytes: number }

/** `detail` continues after the picture's name: `is a HEIC file; …`. */
export type PictureFault = { kind: 'fault'; detail: string }

export type PictureRead = { kind: 'picture'; picture: WholePicture } | PictureFault

/** A picture in a file of `bytes` bytes, of which the first `startBytes` are known. */
export type PictureFile = { path: string; start: Buffer; bytes: number }

/** Where a picture is: in memory or in a file. */
export type PictureSource = Buffer | PictureFile

/** The largest picture that any model takes is 8000 by 8000 pixels; a larger one is not decoded. */
const maxPixels = 8_000 * 8_000

const names = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', bmp: 'BMP' } as const

// no picture is looked at twice: what libvips would keep of each is only memory
sharp.cache(false)

/**
 * The one rule for what is a source picture, for whoever reads one: goes by the bytes, whatever they are called, and
 * unpacks them once. A file is never read into memory as a whole.
 */
export async function readPicture(source: PictureSource): Promise<PictureRead> {
  const { start, bytes, input } = Buffer.isBuffer(source)
    ? { start: source.subarray(0, startBytes), bytes: source.length, input: source }
    : { ...source, input: source.path }
  const found = formatOf(start)
  if (found.kind === 'fault') return found
  return found.format === 'bmp' ? bitmap(start, bytes) : decoded(input, found.format, bytes)
}

/** Which picture a file is by its first `startBytes` bytes, or why it is none that a model takes. */
export function formatOf(start: Buffer): { kind: 'picture'; format: PictureFormat } | PictureFault {
  const found = fileKind(start)
  switch (found.kind) {
    case 'empty':
      return fault('is empty')
    case 'text':
      return fault('is a text file, not a picture')
    case 'unknown':
      return fault('is not a picture')
    case 'foreign':
      return fault(`is a ${found.name} file; save it as JPEG, PNG, WebP or BMP`)
    case 'picture':
      return found
  }
}

const fault = (detail: string): PictureFault => ({ kind: 'fault', detail })

function bitmap(start: Buffer, bytes: number): PictureRead {
  const read = readBmp(start, bytes)
  if (read.kind === 'fault') return read
  return { kind: 'picture', picture: { format: 'bmp', width: read.width, height: read.height, bytes } }
}

async function decoded(
  input: Buffer | string,
  format: Exclude<PictureFormat, 'bmp'>,
  bytes: number,
): Promise<PictureRead> {
  try {
    const size = await sizeOf(input)
    if (size.kind === 'fault') return size
    const { width, height } = size
    const image = sharp(input, { failOn: 'truncated', limitInputPixels: maxPixels, sequentialRead: true })
    // averages all pixels into one: a kernel that picks one (nearest), or a fit that crops, would leave rows unread
    await image.resize(1, 1, { fit: 'fill' }).raw().toBuffer()
    return { kind: 'picture', picture: { format, width, height, bytes } }
  } catch (error) {
    return undecodable(format, error)
  }
}

/**
 * The sides of a picture in pixels, by its head alone: nothing is unpacked. `upright`: as it is shown. Throws where that cannot be
 * read.
 */
export async function sizeOf(
  input: Buffer | string,
): Promise<
  { kind: 'size'; width: number; height: number; upright: { width: number; height: number } } | PictureFault
> {
  const { width, height, autoOrient } = await sharp(input, { limitInputPixels: false }).metadata()
  return width * height > maxPixels
    ? fault(`is ${width} by ${height} pixels; no model takes more than 8000 by 8000`)
    : { kind: 'size', width, height, upright: { width: autoOrient.width, height: autoOrient.height } }
}

/** Why a picture of that format cannot be unpacked. */
export function undecodable(format: Exclude<PictureFormat, 'bmp'>, error: unknown): PictureFault {
  // a file that is gone or closed to us is another matter than a picture that is broken
  const [said = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n')
  const why = said === '' || said === 'Unknown error' ? 'it is damaged or cut off' : said
  return fault(`is a ${names[format]} that does not decode: ${why}`)
}
