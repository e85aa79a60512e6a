import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { faultOfUrl, isPublicAddress } from '../net/addresses.ts'
import { lookUpAll } from '../net/lookup.ts'
import { isTrusted, type TrustedRange } from '../net/trusted-ranges.ts'
import { sleep } from '../sleep.ts'

/** Which addresses that are not public an endpoint may have. */
export type AllowedAddresses = (address: string, port: number) => boolean

/** Those in ranges that whoever runs the installation has named; never this machine, nor a cloud's keys. */
export const allowRanges =
  (ranges: readonly TrustedRange[]): AllowedAddresses =>
  (address) =>
    isTrusted(address, ranges)

export type EndpointRules = { allow?: AllowedAddresses; lookup?: LookupFunction }

/** A resolver that does not answer must not hold up a request: the name is judged when it is connected to. */
const patienceMs = 2_000

/**
 * Why an address cannot be an endpoint, or undefined. A name is looked up; what it leads to when an event is sent is judged again
 * then. What a name means inside our network is not told.
 */
export async function faultOfEndpoint(
  address: string,
  { allow = () => false, lookup = systemLookup }: EndpointRules,
): Promise<string | undefined> {
  const url = URL.parse(address)
  if (url === null) return 'is not a valid URL'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with https://'
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or a password'
  if (address.includes('#')) return 'must not hold a #: no server sees what is after it'
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const found = isIP(host) === 0 ? await lookUpSoon(lookup, host) : [host]
  if (found === undefined) return faultOfUrl(`https://${host}/`) ?? faultOfScheme(url, false)
  if (found.some((each) => !isPublicAddress(each) && !allow(each, port)))
    return isIP(host) === 0 ? 'must name a public host' : 'must not point to a private address'
  return faultOfScheme(
    url,
    found.every((each) => allow(each, port)),
  )
}

/** Events hold prompts and keys: only inside one's own network they may travel in the clear. */
const faultOfScheme = (url: URL, isInside: boolean): string | undefined =>
  url.protocol === 'https:' || isInside ? undefined : 'must start with https://'

async function lookUpSoon(lookup: LookupFunction, host: string): Promise<string[] | undefined> {
  const over = new AbortController()
  const late = sleep(patienceMs, over.signal).then(() => undefined)
  const found = await Promise.race([lookUpAll(lookup, host), late])
  over.abort()
  return Array.isArray(found) && found.length > 0 ? found : undefined
}
