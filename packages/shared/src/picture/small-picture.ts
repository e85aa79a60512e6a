import sharp from 'sharp'
import { formatOf, type PictureFault, sizeOf, undecodable } from './read-picture.ts'
import { shrink, webpOf } from './thumbnail.ts'

/** What a browser may be handed: pictures of types that it draws and never runs. */
export type ShownType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/bmp'

/** A picture that somebody is to see may take so long to be made small. */
const patienceSeconds = 15

/**
 * A look at bytes from anywhere before they are shown: goes by the bytes, whatever they are called. `pixels`: how many there
 * are; of a BMP it is not known.
 */
export async function lookAt(
  bytes: Buffer,
): Promise<{ kind: 'picture'; type: ShownType; pixels: number } | PictureFault> {
  const found = formatOf(bytes)
  if (found.kind === 'fault') return found
  const { format } = found
  if (format === 'bmp') return { kind: 'picture', type: 'image/bmp', pixels: 0 }
  try {
    const size = await sizeOf(bytes)
    if (size.kind === 'fault') return size
    return { kind: 'picture', type: `image/${format}`, pixels: size.width * size.height }
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
