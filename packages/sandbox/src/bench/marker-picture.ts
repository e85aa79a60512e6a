/** The edge of a marker (px): small, but a picture. */
const edge = 8
const headerBytes = 54

/**
 * A picture of one colour, which tells which row it is of and which of its two pictures it is: red and green are the row, blue is 200
 * before and 100 after, one more for each take beyond the first. A BMP, whose colours no compression changes.
 */
export function markerPicture(kind: 'before' | 'after', row: number, _size = 'full', take = 1): Buffer {
  const bytes = Buffer.alloc(headerBytes + edge * edge * 3)
  bytes.write('BM', 'latin1')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(headerBytes, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(edge, 18)
  bytes.writeInt32LE(edge, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  const [red, green] = [row & 255, (row >> 8) & 255]
  for (let at = headerBytes; at < bytes.length; at += 3)
    bytes.set([kind === 'before' ? 200 : 99 + take, green, red], at)
  return bytes
}
