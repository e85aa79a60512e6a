import { faultOfText } from './text.ts'

/**
 * What the copied or exported address of a picture often holds and no server knows, and what to do about it; undefined
 * for all others. The key of an `s3://` address is taken as it is, blanks and all.
 */
export function faultOfSpelling(address: string): string | undefined {
  if (/[\n\r]/.test(address)) return 'holds a line break: give each address as an item of its own'
  const fault = faultOfText(address)
  if (fault !== undefined) return fault
  if (!/^https?:/i.test(address)) return undefined
  if (address !== address.trim()) return 'begins or ends with a blank: take it away'
  if (/\s/.test(address)) return 'holds a blank: write %20'
  const escaped = /&(amp|#38|#x26);/i.exec(address)?.[0]
  return escaped === undefined ? undefined : `holds ${escaped}, which is HTML for &: write & alone`
}
