import type { ProducerSettings } from '@restyle/shared/contract/producer'
import type { Ledger } from '@restyle/shared/ledger/ledger'

/** What a producer may have at once and in a minute; undefined where it is as for everybody. */
export type LimitsOf = (producer: string) => Promise<Pick<ProducerSettings, 'rate' | 'places' | 'openEdits'>>

const cacheMs = 3_000
const cacheMax = 10_000

/** Reads the limits that an admin has set for producers; what it has read counts for 3 seconds. Throws what Redis throws. */
export function openLimits(ledger: Pick<Ledger, 'readProducer'>, now: () => number): LimitsOf {
  const cache = new Map<string, { limits: ReturnType<LimitsOf>; until: number }>()
  return (producer) => {
    const held = cache.get(producer)
    if (held !== undefined && held.until > now()) return held.limits
    if (cache.size >= cacheMax) cache.clear()
    const limits = ledger.readProducer(producer).then((settings) => settings ?? {})
    cache.set(producer, { limits, until: now() + cacheMs })
    // what could not be read is asked for again
    limits.catch(() => cache.delete(producer))
    return limits
  }
}
