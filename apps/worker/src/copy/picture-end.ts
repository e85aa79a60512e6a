/**
 * Where a picture's own bytes end; undefined when they are cut short or do not follow the format. Decoders ignore how a file
 * ends, so only this finds missing last bytes, or another file after the picture.
 */
export const pictureEnd = { png: pngEnd, jpeg: jpegEnd, webp: webpEnd }

const pngSignatureBytes = 8
const pngChunkFrameBytes = 12

/** Also undefined for an animated PNG (`acTL`): its first frame is not the picture that was asked for. */
function pngEnd(bytes: Buffer): number | undefined {
  let at = pngSignatureBytes
  while (at + pngChunkFrameBytes <= bytes.length) {
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (type === 'acTL') return undefined
    at += pngChunkFrameBytes + bytes.readUInt32BE(at)
    if (type === 'IEND') return at <= bytes.length ? at : undefined
  }
  return undefined
}

/** Walks the segments; a thumbnail inside one has an end marker of its own, so searching for it is not enough. */
function jpegEnd(bytes: Buffer): number | undefined {
  let at = 2
  while (at + 4 <= bytes.length || (at + 2 <= bytes.length && bytes[at + 1] === 0xd9)) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1]
    if (marker === 0xd9) return at + 2
    if (marker === 0xff) {
      // a fill byte; any number of them may stand before a marker
      at += 1
      continue
    }
    at += 2 + bytes.readUInt16BE(at + 2)
    if (marker === 0xda) at = scanEnd(bytes, at)
  }
  return undefined
}

/** In a scan's data 0xff is followed by a stuffed zero or a restart number; anything else is the next marker. */
function scanEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  return bytes.length
}

function webpEnd(bytes: Buffer): number | undefined {
  if (bytes.length < 12) return undefined
  const end = 8 + bytes.readUInt32LE(4)
  return end <= bytes.length ? end : undefined
}
