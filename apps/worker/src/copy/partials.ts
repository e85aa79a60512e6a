import type { PartialImage } from './partial-image.ts'

/** What has come of images whose downloads broke off, between two tries of this process. */
export type Partials = {
  /** What is kept for an image, which is then kept no longer. */
  take(key: string): PartialImage | undefined
  /** Forgets the oldest ones where all together are more than there is room for. */
  keep(key: string, partial: PartialImage | undefined): void
}

/** Nothing but a saving of traffic: what is forgotten is fetched again. */
export function keepPartials(mostBytes: number): Partials {
  const kept = new Map<string, PartialImage>()
  let bytes = 0
  const take = (key: string): PartialImage | undefined => {
    const partial = kept.get(key)
    kept.delete(key)
    bytes -= partial?.bytes.length ?? 0
    return partial
  }
  return {
    take,
    keep: (key, partial) => {
      take(key)
      if (partial === undefined || partial.bytes.length > mostBytes) return
      kept.set(key, partial)
      bytes += partial.bytes.length
      for (const oldest of kept.keys()) {
        if (bytes <= mostBytes) return
        take(oldest)
      }
    },
  }
}
