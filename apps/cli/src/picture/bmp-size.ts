/** The sides of a BMP by its header (sharp does not read BMP), or undefined when it is none. Needs the first 26 bytes. */
export function bmpSize(start: Buffer): { width: number; height: number } | undefined {
  if (start.length < 26 || start.toString('latin1', 0, 2) !== 'BM') return undefined
  const headerBytes = start.readUInt32LE(14)
  if (headerBytes === 12) return { width: start.readUInt16LE(18), height: start.readUInt16LE(20) }
  // a height below zero means that the rows run from the top
  return { width: start.readInt32LE(18), height: Math.abs(start.readInt32LE(22)) }
}
