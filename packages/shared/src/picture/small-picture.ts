import sharp from 'sharp'
import { readBmp } from './bmp.ts'
import { formatOf, type PictureFault, sizeOf, undecodable } from './read-picture.ts'
import { shrink, webpOf } from './thumbnail.ts'

/** What a browser may be handed: pictures of types that it draws and never runs. */
export type ShownType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/bmp'

/** A picture that somebody is to see may take so long to be made small. */
const patienceSeconds = 15

/** A picture that may be shown: its sides in pixels as it is shown, where they are known, and its size in bytes. */
export type LookedAt = { type: ShownType; bytes: number; width?: number; height?: number }

/** A look at bytes from anywhere before they are shown: goes by the bytes, whatever they are called. */
export async function lookAt(bytes: Buffer): Promise<({ kind: 'picture' } & LookedAt) | PictureFault> {
  const found = formatOf(bytes)
  if (found.kind === 'fault') return found
  const { format } = found
  if (format === 'bmp') {
    const read = readBmp(bytes, bytes.length)
    const sides = read.kind === 'bmp' ? { width: read.width, height: read.height } : {}
    return { kind: 'picture', type: 'image/bmp', bytes: bytes.length, ...sides }
  }
  try {
    const size = await sizeOf(bytes)
    if (size.kind === 'fault') return size
    return { kind: 'picture', type: `image/${format}`, bytes: bytes.length, ...size.upright }
  } catch (error) {
    return undecodable(format, error)
  }
}

/** A small picture (WebP) of one that `lookAt` has seen: the longer side has `side` pixels at most. */
export async function smallPicture(
  bytes: Buffer,
  side: number,
): Promise<{ kind: 'small'; bytes: Buffer } | PictureFault> {
  const found = formatOf(bytes)
  if (found.kind === 'fault') return found
  if (found.format === 'bmp')
    return { kind: 'fault', detail: 'is a BMP, of which no small picture is made; ask for it in full' }
  try {
    const picture = sharp(bytes, { failOn: 'truncated', sequentialRead: true })
    return {
      kind: 'small',
      bytes: await webpOf(await shrink(picture.timeout({ seconds: patienceSeconds }), side)),
    }
  } catch (error) {
    return undecodable(found.format, error)
  }
}
