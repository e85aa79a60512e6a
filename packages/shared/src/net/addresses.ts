import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

const allocatedV6 = ipaddr.IPv6.parseCIDR('2000::/3')

/** Public by number, yet answered only from inside a cloud: Azure's host agent. */
const insideOnly = new Set(['168.63.129.16'])

const privateSuffixes = ['localhost', 'local', 'internal']

/**
 * Whether `ip` (no brackets) belongs to the public internet. IPv4 inside IPv6 (mapped, NAT64, 6to4, Teredo) never
 * passes as IPv6: mapped is judged as the IPv4 it is, the others are refused.
 */
export function isPublicAddress(ip: string): boolean {
  if (!ipaddr.isValid(ip)) return false
  const address = ipaddr.process(ip)
  if (address.range() !== 'unicast') return false
  // ipaddr.js calls unallocated space unicast, and with it ::7f00:1, the old spelling of 127.0.0.1
  if (address.kind() === 'ipv6') return address.match(allocatedV6)
  return !insideOnly.has(address.toString())
}

/**
 * Says in one line why we will not take `url` as a source image, or undefined when we will. Looks at the spelling
 * only: where the name leads is checked again at connect time by `guardedAgent`.
 * `allowHosts` holds exact `host:port` pairs that are taken without the address rules (the sandbox's own).
 */
export function faultOfUrl(url: string, { allowHosts = [] }: { allowHosts?: readonly string[] } = {}) {
  const parsed = URL.parse(url)
  if (!parsed) return 'is not a valid URL'
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    return 'must start with http:// or https://'
  if (parsed.username || parsed.password) return 'must not carry a user name or a password'
  if (allowHosts.includes(parsed.host)) return undefined
  // URL has already turned 2130706433, 0x7f.1 and 127.1 into 127.0.0.1
  const host = parsed.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  // the library throws, and catches, an error for each name
  if (isIP(host) !== 0) return isPublicAddress(host) ? undefined : 'must not point to a private address'
  const labels = host.split('.')
  if (labels.length < 2 || privateSuffixes.includes(labels.at(-1) ?? '')) return 'must name a public host'
  return undefined
}
