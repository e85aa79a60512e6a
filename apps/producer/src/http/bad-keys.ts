import { Problem } from './problem.ts'

const mostAddresses = 10_000
const mostKeys = 10_000

type Options = {
  /** Requests with a key that is not live which an address may send in a minute. */
  perMinute?: number
  now?: () => number
}

/**
 * Bounds how often an address may try keys that are not live: each costs a look into Redis. Behind a proxy many callers may
 * share an address, so a key that was live here is never held back. Each process counts for itself.
 */
export function openBadKeys({ perMinute = 60, now = () => performance.now() }: Options = {}) {
  const addresses = new Map<string, { tries: number; until: number }>()
  const worked = new Set<string>()
  return {
    /** Why a key is not even looked at; undefined where it is. */
    refusalOf: (address: string, keyId: string): Problem | undefined => {
      const held = addresses.get(address)
      if (held === undefined || held.tries < perMinute || worked.has(keyId)) return undefined
      const leftMs = held.until - now()
      if (leftMs > 0)
        return new Problem(
          'too-many-requests',
          'Too many requests without a live key came from this address.',
          {
            retryAfter: Math.ceil(leftMs / 1_000),
          },
        )
      addresses.delete(address)
      return undefined
    },
    /** A key that was not live came from there. */
    note: (address: string): void => {
      const held = addresses.get(address)
      if (held !== undefined && held.until > now()) {
        held.tries += 1
        return
      }
      if (addresses.size >= mostAddresses) addresses.clear()
      addresses.set(address, { tries: 1, until: now() + 60_000 })
    },
    /** A key was live. */
    noteLive: (keyId: string): void => {
      if (worked.size >= mostKeys) worked.clear()
      worked.add(keyId)
    },
  }
}
