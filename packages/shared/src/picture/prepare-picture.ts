import { open } from 'node:fs/promises'
import sharp, { type Metadata } from 'sharp'
import type { PictureFormat } from '../picture-format.ts'
import { fileKind } from './file-kind.ts'
import type { PictureChange } from './picture-change.ts'
import { fittedSize, smallerSize, type Fit, type Size } from './fitted-size.ts'
import {
  readPicture,
  undecodable,
  type PictureFault,
  type PictureFile,
  type PictureRead,
  type WholePicture,
} from './read-picture.ts'
import { headBytes, holdsSeveral } from './several-pictures.ts'

/** A picture as it is to be sent instead of its file: JPEG or PNG, upright, sRGB, opaque. */
export type PreparedPicture = {
  kind: 'prepared'
  bytes: Buffer
  picture: WholePicture
  changes: PictureChange[]
}

/** The largest picture that is made smaller: a camera's 100 megapixels. */
const maxPixels = 128_000_000

type Decodable = Exclude<PictureFormat, 'bmp'>

/**
 * A picture that a model would see in another way than its owner does, or not take at all, is made anew: turned as its
 * EXIF says, converted from CMYK to sRGB, laid on `background` where it is transparent, fitted into `fit`. Any other is
 * read as `readPicture` does and stays as it is. A side that is too short or a shape that is too narrow stays so: whoever
 * knows the model's limits names it. The same file gives the same bytes on the same machine.
 */
export async function preparePicture(
  file: PictureFile,
  fit: Fit,
  background: string,
): Promise<PictureRead | PreparedPicture> {
  const found = fileKind(file.start)
  // sharp reads no bitmap
  if (found.kind !== 'picture' || found.format === 'bmp') return readPicture(file)
  try {
    const facts = await sharp(file.path, { limitInputPixels: false }).metadata()
    const { width, height } = facts
    const changes = await changesOf(file, found.format, facts, fit)
    if (changes.length === 0) return await readPicture(file)
    if (width * height > maxPixels)
      return fault(
        `is ${width} by ${height} pixels; no more than ${maxPixels / 1e6} megapixels are made smaller`,
      )
    return await madeAnew({ file, format: found.format, facts, changes }, fit, background)
  } catch (error) {
    return undecodable(found.format, error)
  }
}

const fault = (detail: string): PictureFault => ({ kind: 'fault', detail })

async function changesOf(
  file: PictureFile,
  format: Decodable,
  facts: Metadata,
  fit: Fit,
): Promise<PictureChange[]> {
  const changes: PictureChange[] = []
  if (facts.orientation !== undefined && facts.orientation > 1) changes.push('turned')
  if (facts.space === 'cmyk') changes.push(facts.hasProfile ? 'cmyk' : 'cmyk without a profile')
  const tooLarge = facts.width * facts.height > maxPixels
  // a channel of transparency is mostly full: only a look at all of it tells
  if (facts.hasAlpha && !tooLarge && !(await sharp(file.path, reading).stats()).isOpaque)
    changes.push('flattened')
  if (Math.max(facts.width, facts.height) > fit.side[1]) changes.push('shrunk')
  else if (file.bytes > fit.bytes) changes.push('compressed')
  if ((facts.pages ?? 1) > 1 || (format === 'jpeg' && holdsSeveral(await headOf(file.path))))
    changes.push('first of several')
  return changes
}

/** A picture cut short is refused; what only a strict reader minds is not. */
const reading = { failOn: 'truncated', limitInputPixels: maxPixels, sequentialRead: true } as const

type Task = { file: PictureFile; format: Decodable; facts: Metadata; changes: PictureChange[] }

/** Falls from one to the next until the bytes are few enough. Without loss first, where the file had none. */
const qualities = [92, 85, 78]

async function madeAnew(
  { file, format, facts, changes }: Task,
  fit: Fit,
  background: string,
): Promise<PreparedPicture | PictureFault> {
  const upright: Size = facts.autoOrient
  let size: Size | undefined = fittedSize(upright, fit)
  const draw = ({ width, height }: Size) =>
    sharp(file.path, { ...reading, autoOrient: true })
      .resize(width, height, { fit: 'fill' })
      .flatten({ background })
      .toColourspace('srgb')
  const done = (bytes: Buffer, as: 'png' | 'jpeg', { width, height }: Size): PreparedPicture => {
    const resized = width !== upright.width || height !== upright.height
    const told = resized && !changes.includes('shrunk') ? shrunkInstead(changes) : changes
    return {
      kind: 'prepared',
      bytes,
      picture: { format: as, width, height, bytes: bytes.length },
      changes: told,
    }
  }
  if (format === 'png') {
    const bytes = await draw(size).png().toBuffer()
    if (bytes.length <= fit.bytes) return done(bytes, 'png', size)
  }
  for (; size !== undefined; size = smallerSize(size, fit)) {
    for (const quality of qualities) {
      const bytes = await draw(size).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer()
      if (bytes.length <= fit.bytes) return done(bytes, 'jpeg', size)
    }
  }
  return fault(`cannot be made as small as ${fit.bytes} bytes`)
}

const shrunkInstead = (changes: readonly PictureChange[]): PictureChange[] => [
  ...changes.filter((change) => change !== 'compressed'),
  'shrunk',
]

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
