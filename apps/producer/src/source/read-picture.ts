import type { Picture } from '@restyle/dashscope/accepts'
import { pictureFormat } from '@restyle/shared/picture-format'
import sharp from 'sharp'

/** The largest picture that any model takes is 8000 by 8000 pixels; a larger one is not decoded. */
const maxPixels = 8_000 * 8_000

/**
 * Looks at the bytes of a picture (JPEG, PNG, WebP, BMP) and unpacks them once, whatever they are called: undefined
 * when they are no picture, or not a whole one.
 */
export async function readPicture(bytes: Buffer): Promise<Picture | undefined> {
  // only these formats reach the decoder
  const format = pictureFormat(bytes)
  if (format === undefined) return undefined
  if (format === 'bmp') return readBmp(bytes)
  try {
    const image = sharp(bytes, { failOn: 'truncated', limitInputPixels: maxPixels, sequentialRead: true })
    const { width, height } = await image.metadata()
    // averages all pixels into one: a kernel that picks one (nearest), or a fit that crops, would leave rows unread
    await image.resize(1, 1, { fit: 'fill' }).raw().toBuffer()
    return { format, width, height, bytes: bytes.length }
  } catch {
    return undefined
  }
}

/** sharp reads no BMP: reads the header of a Windows bitmap, and whether all its rows are there. */
function readBmp(bytes: Buffer): Picture | undefined {
  if (bytes.length < 54 || bytes.readUInt32LE(14) < 40) return undefined
  const [offset, width, height] = [
    bytes.readUInt32LE(10),
    bytes.readInt32LE(18),
    Math.abs(bytes.readInt32LE(22)),
  ]
  const [bits, packing] = [bytes.readUInt16LE(28), bytes.readUInt32LE(30)]
  const plain = packing === 0 || packing === 3
  const rowBytes = Math.ceil((width * bits) / 32) * 4
  const whole = width > 0 && height > 0 && bits > 0 && plain && offset + rowBytes * height <= bytes.length
  return whole ? { format: 'bmp', width, height, bytes: bytes.length } : undefined
}
