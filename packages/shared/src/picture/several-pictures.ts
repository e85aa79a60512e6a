/** How many bytes of a JPEG `holdsSeveral` wants to see: what comes before its pixels is seldom longer. */
export const headBytes = 512 * 1024

const markers = { app2: 0xe2, startOfScan: 0xda }

/**
 * Whether a JPEG says at its beginning that other pictures follow the first (the Multi-Picture Format of phones and 3D
 * cameras: a segment APP2 that opens with `MPF`).
 */
export function holdsSeveral(head: Buffer): boolean {
  let at = 2
  while (at + 4 <= head.length && head[at] === 0xff) {
    const marker = head[at + 1]
    if (marker === markers.startOfScan) return false
    if (marker === markers.app2 && head.toString('latin1', at + 4, at + 8) === 'MPF\0') return true
    at += 2 + head.readUInt16BE(at + 2)
  }
  return false
}
