import { faultOfUrl } from '../net/addresses.ts'

/** Hosts that public name servers know and that lead inside a cloud all the same. */
const inside =
  /(^|[.-])internal\.|\.(private|direct|vpce)\.|-internal\.com$|(^|\.)vpc\d*-oss-|\.ivolces\.com$/

/** Suffixes that no public name server knows (RFC 2606, 6761, 8375). */
const nowhere = /\.(lan|home|corp|intranet|test|invalid|example|home\.arpa|svc|cluster)$/

/**
 * Why nobody on the internet can open a signed address of this bucket, or undefined where somebody may. Looks at the
 * spelling only: what the vendor really reaches, only the vendor knows.
 */
export function faultOfSignedAddress(address: string, bucket: string): string | undefined {
  const fault = faultOfUrl(address)
  const host = URL.parse(address)?.hostname ?? ''
  // the bucket is free to be called private.photos
  const server = host.startsWith(`${bucket}.`) ? host.slice(bucket.length + 1) : host
  if (fault !== undefined) return `${host} is not on the public internet`
  if (nowhere.test(server)) return `${host} is a name that only a private network knows`
  return inside.test(server) ? `${host} is the name of a host inside a cloud` : undefined
}
