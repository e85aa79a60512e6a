import { endOf } from '@restyle/shared/net/address-expiry'
import { SourceUnusable } from './source-unusable.ts'

/** The clock of whoever signed may be behind ours by this; the vendor fails what is over in truth, for free. */
const clocksApartMs = 60_000

/**
 * Until when (epoch ms) all signed addresses that an edit names can be opened; Infinity where none says. Throws `SourceUnusable`
 * for one that is over: three tasks would only find that out one after the other.
 */
export function signedUntil(images: readonly string[], now: number): number {
  const ends = images
    .filter((image) => image.startsWith('http'))
    .map((image) => {
      const at = endOf(image)
      if (at === undefined) return Infinity
      if (at + clocksApartMs > now) return at + clocksApartMs
      throw new SourceUnusable(
        'SourceExpired',
        `the source ${withoutQuery(image)} was signed until ${new Date(at).toISOString()}, which was over before the edit had its turn`,
      )
    })
  return Math.min(...ends, Infinity)
}

/** Its query is what opens it. */
const withoutQuery = (address: string): string => address.split('?', 1)[0] ?? address
