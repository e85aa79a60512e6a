import { isIP, type LookupFunction } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { faultOfUrl, isPublicAddress } from './addresses.ts'
import { lookUpAll } from './lookup.ts'
import { refusal, type Refusal } from './refusal.ts'
import { isTrusted, standIns, type TrustedRange } from './trusted-ranges.ts'

/** A resolver that is not reachable either, as behind some proxies, must not hold up every picture. */
const patienceMs = 2_000

/** A lookup takes a thread, and the vendor has few hosts for results. */
const keptMs = 60_000
const mostKept = 1_000

/**
 * Judges a host before a proxy is asked for a tunnel to it: undefined lets it pass. The proxy resolves the name, so that
 * all there is to judge is its spelling, and whether our own resolver knows it as an inner one. A name that it does not
 * know is left to the proxy; so is a stand-in address, which says nothing of where the proxy will go.
 */
export function tunnelGuard(
  lookup: LookupFunction,
  trusted: readonly TrustedRange[],
): (hostname: string) => Promise<Refusal | undefined> {
  const kept = new Map<string, { until: number; fault: Promise<Refusal | undefined> }>()
  const outer = [...trusted, ...standIns]
  const inner = (address: string): boolean => !isPublicAddress(address) && !isTrusted(address, outer)

  async function judgeName(hostname: string): Promise<Refusal | undefined> {
    const late = setTimeout(patienceMs, { code: 'ETIMEOUT' }, { ref: false })
    const found = await Promise.race([lookUpAll(lookup, hostname), late])
    const stranger = Array.isArray(found) ? found.find(inner) : undefined
    return stranger === undefined ? undefined : refusal(hostname, stranger)
  }

  return async (hostname) => {
    if (isIP(hostname)) return isPublicAddress(hostname) ? undefined : refusal(hostname, hostname)
    if (faultOfUrl(`https://${hostname}/`) !== undefined) return refusal(hostname, 'nothing')
    const known = kept.get(hostname)
    if (known !== undefined && known.until > performance.now()) return known.fault
    if (kept.size >= mostKept) kept.clear()
    const fault = judgeName(hostname)
    kept.set(hostname, { until: performance.now() + keptMs, fault })
    return fault
  }
}
