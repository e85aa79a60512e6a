/** A Windows bitmap by its header, or why it is none that we can vouch for; `detail` continues after its name. */
export type ReadBmp = { kind: 'bmp'; width: number; height: number } | { kind: 'fault'; detail: string }

/** What anybody can do about it. */
const instead = 'save it as PNG'

/** sharp reads no BMP: reads the first 54 bytes, and whether a file of `bytes` holds all rows. */
export function readBmp(start: Uint8Array, bytes: number): ReadBmp {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  if (start.length < 54) return { kind: 'fault', detail: 'is a BMP that is cut short' }
  if (view.getUint32(14, true) < 40) return { kind: 'fault', detail: `is a BMP of OS/2; ${instead}` }
  const [offset, width] = [view.getUint32(10, true), view.getInt32(18, true)]
  // a height below zero means that the rows run from the top
  const height = Math.abs(view.getInt32(22, true))
  const [bits, packing] = [view.getUint16(28, true), view.getUint32(30, true)]
  if (packing !== 0 && packing !== 3) return { kind: 'fault', detail: `is a packed BMP (RLE); ${instead}` }
  if (width <= 0 || height <= 0 || bits === 0)
    return { kind: 'fault', detail: `is a damaged BMP; ${instead}` }
  const rowBytes = Math.ceil((width * bits) / 32) * 4
  return offset + rowBytes * height <= bytes
    ? { kind: 'bmp', width, height }
    : { kind: 'fault', detail: 'is a BMP that is cut short' }
}
