/** The formats of pictures that a model takes or makes. */
export type PictureFormat = 'png' | 'jpeg' | 'webp' | 'bmp'

/** How many bytes of a file `pictureFormat` looks at. */
const openingBytes = 16

/** The format that the first 16 bytes of a file announce; undefined when it is none of ours. Says nothing of the rest. */
export function pictureFormat(bytes: Uint8Array): PictureFormat | undefined {
  const opening = String.fromCharCode(...bytes.subarray(0, openingBytes))
  if (opening.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (opening.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (/^RIFF.{4}WEBPVP8[ LX]/s.test(opening)) return 'webp'
  return opening.startsWith('BM') ? 'bmp' : undefined
}
