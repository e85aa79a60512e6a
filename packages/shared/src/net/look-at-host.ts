import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from './addresses.ts'
import { lookUpAll } from './lookup.ts'
import { explainRefusal } from './refusal.ts'
import { isTrusted, type TrustedRange } from './trusted-ranges.ts'

/** What the guard would say to a name: `hint` has the range, and the setting to change where one helps. */
export type HostFinding =
  | { kind: 'open'; addresses: string[]; trusted: boolean }
  | { kind: 'refused'; address: string; range: string; hint: string }
  | { kind: 'unresolved'; code: string }

/**
 * Resolves a host of result images the way `guardedAgent` does, and says what it would do. For the doctor: on a network
 * with a fake-ip resolver or NAT64 the API answers and bills, and every image is refused.
 */
export async function lookAtHost(
  hostname: string,
  {
    trusted = [],
    lookup = systemLookup,
  }: { trusted?: readonly TrustedRange[]; lookup?: LookupFunction } = {},
): Promise<HostFinding> {
  const found = await lookUpAll(lookup, hostname)
  if (!Array.isArray(found)) return { kind: 'unresolved', code: found.code }
  const [first] = found
  if (first === undefined) return { kind: 'unresolved', code: 'ENODATA' }
  const stranger = found.find((address) => !isPublicAddress(address) && !isTrusted(address, trusted))
  if (stranger !== undefined)
    return { kind: 'refused', address: stranger, ...explainRefusal(hostname, stranger) }
  return { kind: 'open', addresses: found, trusted: !found.every(isPublicAddress) }
}
