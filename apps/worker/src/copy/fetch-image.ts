import type { Dispatcher } from 'undici'
import type { Image } from '@restyle/shared/contract/edit'
import { download, type Download } from './download.ts'
import { downloadDeadlineMs } from './download-pace.ts'
import { openDownloadPlaces } from './download-places.ts'
import { keepPartials } from './partials.ts'

/** Fetches one image of an edit, when there is a place for it, and goes on where an earlier try broke off. */
export type FetchImage = (editId: string, image: Image) => Promise<Download>

/** Images are fetched from public addresses by a guarded `dispatcher`; `most` at a time. Times in ms. */
export function imageFetcher({
  dispatcher,
  maxBytes,
  most,
  idleMs,
  lifePercent,
  leastMs,
  stopping,
  graceMs = 20_000,
}: {
  dispatcher: Dispatcher
  maxBytes: number
  most: number
  idleMs: number
  /** How long one download may take, of what is left of its address's life. */
  lifePercent: number
  /** How long one download may take however soon its address dies; a minute unless named. */
  leastMs?: number
  stopping: AbortSignal
  /** How long downloads under way may still take when the worker stops: most end, and one that does not is fetched again. */
  graceMs?: number
}): FetchImage {
  const places = openDownloadPlaces(most)
  const partials = keepPartials(2 * maxBytes)
  const over = new AbortController()
  stopping.addEventListener('abort', () => setTimeout(() => over.abort(), graceMs).unref(), { once: true })

  return (editId, image) => {
    const key = `${editId}/${image.index}`
    const diesAt = image.expiresAt ?? 0
    const work = async () => {
      const outcome = await download(image.url ?? '', {
        dispatcher,
        maxBytes,
        idleMs,
        deadlineMs: downloadDeadlineMs(diesAt - Date.now(), lifePercent, leastMs),
        partial: partials.take(key),
        signal: over.signal,
      })
      if (outcome.kind === 'again') partials.keep(key, outcome.partial)
      return outcome
    }
    return places.run(diesAt, work, stopping)
  }
}
