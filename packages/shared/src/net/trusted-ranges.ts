import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { isPublicAddress } from './addresses.ts'

/** A range of addresses that names may lead to although it is not public, as its owner wrote it. */
export type TrustedRange = { cidr: string; address: ipaddr.IPv4 | ipaddr.IPv6; bits: number }

/**
 * Ranges in which an honest resolver answers for public names, with what it is then: those are worth a hint, since every
 * picture is refused on such a network.
 */
const resolvers: readonly { cidr: string; means: string }[] = [
  { cidr: '198.18.0.0/15', means: 'the stand-in addresses of a fake-ip proxy' },
  { cidr: 'fc00::/18', means: 'the stand-in addresses of a fake-ip proxy' },
  { cidr: '64:ff9b::/96', means: 'NAT64' },
]

/** No setting opens these: what answers there is this machine, its neighbours or the cloud's keys. */
const neverTrusted = new Set(['unspecified', 'loopback', 'linkLocal', 'multicast', 'broadcast'])
const metadata = new Set(['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'])

/** Reads `198.18.0.0/15,64:ff9b::/96`; throws a RangeError that names the part that is no range. */
export function parseRanges(text: string): TrustedRange[] {
  const parts = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  return parts.map((cidr) => {
    if (!ipaddr.isValidCIDR(cidr)) throw new RangeError(`${cidr} is no range: write it as 198.18.0.0/15`)
    const [address, bits] = ipaddr.parseCIDR(cidr)
    return { cidr, address, bits }
  })
}

/** A setting that holds ranges. */
export const rangesText = z
  .string()
  .default('')
  .transform((text, context) => {
    try {
      return parseRanges(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is no range' })
      return z.NEVER
    }
  })

/**
 * Whether a name may lead to `ip` (no brackets) because its range is trusted. In a range of 96 bits the last 32 are an
 * IPv4 address (RFC 6052), which must itself be public: NAT64 reaches a cloud's metadata as well as the internet.
 */
export function isTrusted(ip: string, ranges: readonly TrustedRange[]): boolean {
  if (!ipaddr.isValid(ip)) return false
  const address = ipaddr.process(ip)
  if (neverTrusted.has(address.range()) || metadata.has(address.toString())) return false
  return ranges.some((range) => {
    if (!within(address, range)) return false
    return address.kind() === 'ipv4' || range.bits !== 96 || isPublicAddress(lastFourBytes(address))
  })
}

/** Where honest resolvers lead public names on networks of their kind. */
export const standIns: readonly TrustedRange[] = resolvers.flatMap(({ cidr }) => parseRanges(cidr))

/** Which range a refused address is of, and what the network probably is where trusting that range would help. */
export function rangeOf(ip: string): { range: string; means?: string } {
  if (!ipaddr.isValid(ip)) return { range: 'no address' }
  const address = ipaddr.process(ip)
  const known = standIns.find((range) => within(address, range))
  if (known === undefined) return { range: address.range() }
  const { cidr, bits } = known
  // no setting helps: see isTrusted
  if (bits === 96 && !isPublicAddress(lastFourBytes(address)))
    return { range: `${cidr} around ${lastFourBytes(address)}` }
  return { range: cidr, means: resolvers.find((each) => each.cidr === cidr)?.means ?? '' }
}

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, range: TrustedRange): boolean =>
  address.kind() === range.address.kind() && address.match(range.address, range.bits)

const lastFourBytes = (address: ipaddr.IPv4 | ipaddr.IPv6): string =>
  ipaddr.fromByteArray(address.toByteArray().slice(-4)).toString()
