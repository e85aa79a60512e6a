/**
 * The one range of bytes that a `Range` header asks for (RFC 9110, section 14), both ends counted in. Undefined where all bytes
 * are to be sent: no range, several, or none that can be read. `none`: the bytes end before it begins.
 */
export function rangeOf(
  header: string | undefined,
  bytes: number,
): { from: number; to: number } | 'none' | undefined {
  const [, first = '', last = ''] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const count = Math.min(Number(last), bytes)
    return count === 0 ? 'none' : { from: bytes - count, to: bytes - 1 }
  }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return undefined
  if (from >= bytes) return 'none'
  return { from, to: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) }
}
