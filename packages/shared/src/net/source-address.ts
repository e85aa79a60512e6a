import { faultOfUrl } from './addresses.ts'

/** An address as it is to be sent, or why it cannot be meant as one; `detail` continues after it. */
export type SourceAddress = { kind: 'address'; address: string } | { kind: 'fault'; detail: string }

/** What an address may hold as it is; anything else is percent-encoded. */
const plain = /^https?:\/\/[!#$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]+$/

/** A picture's name after a #: it is meant as a part of the name, and a server would never see it. */
const nameAfterHash = /#[^/]*\.(jpe?g?|jfif|png|webp|bmp)$/i

/**
 * Reads an http(s) address as people paste it: `HTTPS://`, `//cdn…`, blanks and Chinese in its path, `&amp;` from a page.
 * One that is right already comes back letter for letter, because a signature covers its spelling.
 */
export function readSourceAddress(text: string): SourceAddress {
  if (!text.isWellFormed()) return { kind: 'fault', detail: 'holds half a character (a lone surrogate)' }
  // URL would drop tabs and breaks without a word
  if (/\p{Cc}/u.test(text)) return { kind: 'fault', detail: 'holds a line break or a control character' }
  const whole = text
    .replace(/^\/\//, 'https://')
    .replaceAll(/&(amp|#38|#x26);/gi, '&')
    // a percent sign that encodes nothing is one of the name
    .replaceAll(/%(?![0-9a-f]{2})/gi, '%25')
  if (nameAfterHash.test(whole))
    return {
      kind: 'fault',
      detail: 'holds a #, which ends an address; write %23 where it is a part of the name',
    }
  const url = URL.parse(whole)
  if (url === null) return { kind: 'fault', detail: 'is not a valid URL' }
  const address = plain.test(whole) ? whole : url.href
  const fault = faultOfUrl(address)
  return fault === undefined ? { kind: 'address', address } : { kind: 'fault', detail: fault }
}
