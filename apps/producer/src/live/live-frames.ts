import { differenceOf } from './difference.ts'
import { nextChange, type Watched } from './watch-batches.ts'

/** Whoever is told to read the map anew is told so again only after this time (ms). */
const resetEveryMs = 2_000

type Following = {
  watched: Watched
  signal: AbortSignal
  /** The version of the bytes that the reader has. */
  version: number | undefined
  heartbeatMs?: number
}

const frame = (event: string, data: string, id?: number): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`

/**
 * What is to be told of a batch, or of the batches of a producer, without end. A difference is made when the reader has room for
 * it, from what it was sent last: one who is slow gets fewer and larger ones, and misses nothing.
 */
export async function* liveFrames({
  watched,
  signal,
  heartbeatMs = 15_000,
  ...from
}: Following): AsyncGenerator<string> {
  let { version } = from
  let resetAt = -Infinity
  const views = new Map<string, string>()
  yield 'retry: 2000\n\n'
  while (!signal.aborted) {
    const seen = watched.changes
    let waitMs = heartbeatMs
    const told = mapFrame(watched, version)
    const isReset = told?.event === 'map-reset'
    const early = resetAt + resetEveryMs - performance.now()
    if (told !== undefined && isReset && early > 0) waitMs = Math.ceil(early)
    else if (told !== undefined) {
      if (isReset) resetAt = performance.now()
      version = told.version
      yield frame(told.event, told.data, told.version)
    }
    for (const [id, view] of watched.views) {
      if (views.get(id) === view) continue
      views.set(id, view)
      yield frame('batch', view)
      if (signal.aborted) return
    }
    for (const id of views.keys()) if (!watched.views.has(id)) views.delete(id)
    if (watched.gone) return
    const isChange = await nextChange(watched, seen, waitMs, signal)
    if (!isChange && !signal.aborted && waitMs === heartbeatMs) yield frame('ping', pingOf(watched))
  }
}

/** When the data was read that the reader has: a connection that lives says nothing of that. */
const pingOf = ({ lookedAt }: Watched): string =>
  JSON.stringify(lookedAt === undefined ? {} : { readAt: new Date(lookedAt).toISOString() })

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
