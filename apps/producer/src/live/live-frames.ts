import { differenceOf } from './difference.ts'
import { changesOf, nextChange, type Watched } from './watch-batches.ts'

/** Whoever is told to read the map anew is told so again only after this time (ms). */
const resetEveryMs = 2_000
/** Who has heard nothing yet waits so long (ms) for a word: it shows that the line carries words. */
const firstWordMs = 1_000

/** What a reader follows, and the version of the bytes of a batch that it has. */
export type Followed = { watched: Watched; version: number | undefined }

type Following = {
  followed: readonly Followed[]
  /** Batches that were asked for and are not there. */
  missing?: readonly string[]
  signal: AbortSignal
  heartbeatMs?: number
}

/** `resetAt`: when (ms) the reader was told last to read the map anew. `waits`: it is to be told so again, and not yet. */
type Place = Followed & { resetAt: number; waits: boolean; ended: boolean }

const frame = (event: string, data: string, id?: number): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`
const goneFrame = (batch: string): string => frame('gone', JSON.stringify({ batch }))

/**
 * What is to be told of batches, or of those of a producer, until there is none of them any more. A difference is made when the
 * reader has room for it, from what it was sent last: one who is slow gets fewer and larger ones, and misses nothing.
 */
export async function* liveFrames({
  followed,
  missing = [],
  signal,
  heartbeatMs = 15_000,
}: Following): AsyncGenerator<string> {
  const all = followed.map(({ watched }) => watched)
  const places = followed.map((each): Place => ({ ...each, resetAt: -Infinity, waits: false, ended: false }))
  const views = new Map<string, string>()
  let pingMs = Math.min(firstWordMs, heartbeatMs)
  yield 'retry: 2000\n\n'
  for (const id of missing) yield goneFrame(id)
  while (!signal.aborted) {
    const seen = changesOf(all)
    for (const text of framesNow(places, views)) {
      yield text
      if (signal.aborted) return
      pingMs = heartbeatMs
    }
    if (places.every(({ ended }) => ended)) return
    const resets = places.filter(({ waits }) => waits).map(({ resetAt }) => msUntilReset(resetAt))
    const waitMs = Math.min(pingMs, ...resets)
    const isChange = await nextChange(all, seen, waitMs, signal)
    if (isChange || signal.aborted || waitMs !== pingMs) continue
    pingMs = heartbeatMs
    yield frame('ping', pingOf(all))
  }
}

const msUntilReset = (resetAt: number): number => Math.ceil(resetAt + resetEveryMs - performance.now())

/** What is to be told now, each made when it is asked for. */
function* framesNow(places: Place[], views: Map<string, string>): Generator<string> {
  const alone = places.filter(({ ended, watched }) => !ended && watched.kind === 'batch')
  const isAlone = (id: string): boolean => alone.some(({ watched }) => watched.id === id)
  for (const place of places) {
    if (place.ended) continue
    const told = mapFrame(place.watched, place.version)
    const isReset = told?.event === 'map-reset'
    place.waits = isReset && msUntilReset(place.resetAt) > 0
    if (told !== undefined && !place.waits) {
      if (isReset) place.resetAt = performance.now()
      place.version = told.version
      // the version of one of several is no place to go on from
      yield frame(told.event, told.data, places.length === 1 ? told.version : undefined)
    }
    for (const [id, view] of place.watched.views) {
      // a list knows it as it was a moment before or after: told by both it would change for ever
      if (views.get(id) === view || (place.watched.kind === 'batches' && isAlone(id))) continue
      views.set(id, view)
      yield frame('batch', view)
    }
    if (!place.watched.gone) continue
    place.ended = true
    yield goneFrame(place.watched.id)
  }
  for (const id of views.keys()) if (!places.some(({ watched }) => watched.views.has(id))) views.delete(id)
}

/** When the data was read that the reader has: a connection that lives says nothing of that. */
function pingOf(all: readonly Watched[]): string {
  const oldest = Math.min(...all.map(({ lookedAt }) => lookedAt ?? NaN))
  return JSON.stringify(Number.isNaN(oldest) ? {} : { readAt: new Date(oldest).toISOString() })
}

type Told = { event: 'map' | 'map-reset'; data: string; version: number }

/** Bytes that are other ones than those of a version; undefined where there is nothing to tell. */
function mapFrame({ id, kept, version }: Watched, sent: number | undefined): Told | undefined {
  if (version === undefined || version === sent) return undefined
  const [from, to] = [kept.find((each) => each.version === sent), kept.at(-1)]
  const changes = from === undefined || to === undefined ? undefined : differenceOf(from, to)
  if (changes === undefined)
    return { event: 'map-reset', data: JSON.stringify({ batch: id, version }), version }
  return { event: 'map', data: JSON.stringify({ batch: id, version, rows: to?.rows, changes }), version }
}
