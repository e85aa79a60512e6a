// The ECMA-182 polynomial, bits reversed, in two halves: BigInt would take a second for a picture, this takes milliseconds.
const polynomialHigh = 0xc96c5795
const polynomialLow = 0xd7870f42

const tableHigh = new Int32Array(256)
const tableLow = new Int32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let high = 0
  let low = byte
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1
    low = (low >>> 1) | (high << 31)
    high >>>= 1
    if (odd) {
      high ^= polynomialHigh
      low ^= polynomialLow
    }
  }
  tableHigh[byte] = high
  tableLow[byte] = low
}

/** CRC-64/XZ of `bytes` as an unsigned decimal: what OSS sends as `x-oss-hash-crc64ecma`. */
export function crc64(bytes: Uint8Array): string {
  let high = -1
  let low = -1
  // by index: iterating costs six times as much
  for (let at = 0; at < bytes.length; at++) {
    const row = (low ^ (bytes[at] ?? 0)) & 0xff
    low = ((low >>> 8) | (high << 24)) ^ (tableLow[row] ?? 0)
    high = (high >>> 8) ^ (tableHigh[row] ?? 0)
  }
  return String((BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0))
}
