import { ApiError } from './api-error.ts'
import { queryText } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { paths } from './openapi.ts'
import { longestWaitMs } from './retry.ts'
import { dataOf, streamFrames } from './stream-frames.ts'
import type { Batch, BatchMap } from './types.ts'

const path = '/v1/live' satisfies keyof paths
const backoff = { firstMs: 500, longestMs: 15_000 }

/** A row, counted from 1; 0: state, 1: verdict, 2: code, 3: redo; and the byte that it has now. */
export type Change = [row: number, plane: number, byte: number]

/**
 * What has become of a batch. `map`: bytes that are other ones now. `map-reset`: its map is to be read anew, where it is older than
 * `version`. `gone`: it is not there, or is there no longer. `ping`: nothing for 15 s, or no first word for one; `readAt`: when the
 * producer read the data last.
 */
export type LiveMessage =
  | { type: 'map'; batch: string; version: number; rows: number; changes: Change[] }
  | { type: 'map-reset'; batch: string; version: number }
  | { type: 'batch'; batch: Batch }
  | { type: 'gone'; batch: string }
  | { type: 'ping'; readAt?: string }

export type LiveOptions = CallOptions & {
  /** Up to 20 of them. Without it: the newest batches of the producer, as `batch` alone. */
  batch?: string | readonly string[]
  /** The newest batches of the producer too. */
  newest?: boolean
  /** The version of the map that is there already; of several batches by their ids. */
  after?: number | Readonly<Record<string, number>>
  /** Told why the stream broke off, before it is opened again. */
  onBreak?: (error: ApiError) => void
}

/**
 * What changes in batches for as long as it is pulled; after a break it goes on where it was. Ends by the signal (throws its
 * reason) or by a refusal that will not pass (throws `ApiError`).
 */
export const live = (connection: Connection) =>
  async function* ({
    onBreak,
    batch,
    newest,
    after,
    ...options
  }: LiveOptions = {}): AsyncGenerator<LiveMessage> {
    const batches = batch === undefined ? [] : typeof batch === 'string' ? [batch] : batch
    const versions = new Map(
      typeof after === 'number'
        ? batches.map((id) => [id, after])
        : Object.entries(after ?? {}).filter(([id]) => batches.includes(id)),
    )
    let breaks = 0
    for (;;) {
      const asked = `${path}${livePlace(batches, { versions, newest })}`
      try {
        for await (const frame of streamFrames(connection, asked, undefined, options)) {
          if (frame.kind === 'place') continue
          const { event, data } = frame.message
          breaks = 0
          const message = messageOf(event ?? '', dataOf(data, path))
          if (message === undefined) continue
          yield message
          if (message.type === 'map' || message.type === 'map-reset')
            versions.set(message.batch, message.version)
        }
        throw new ApiError('no-answer', 'the stream of changes was closed', { call: `GET ${path}` })
      } catch (error) {
        if (!(error instanceof ApiError) || !error.transient) throw error
        if ((error.retryAfterMs ?? 0) > longestWaitMs) throw error
        onBreak?.(error)
        const ms = Math.min(backoff.firstMs * 2 ** breaks, backoff.longestMs)
        breaks += 1
        await connection.wait(Math.max(ms, error.retryAfterMs ?? 0), options)
      }
    }
  }

/** What a stream is asked for: batches, with the versions of the maps that are there, and the newest ones of the producer. */
export const livePlace = (
  batches: readonly string[],
  { versions, newest = false }: { versions: ReadonlyMap<string, number>; newest?: boolean | undefined },
): string => {
  const named = batches.map((id) => (versions.has(id) ? `${id}:${versions.get(id)}` : id))
  return queryText({
    ...(named.length === 0 ? {} : { batch: named.join(',') }),
    ...(newest ? { newest: 'true' } : {}),
  })
}

/** undefined for a message of a newer producer. */
function messageOf(event: string, data: unknown): LiveMessage | undefined {
  switch (event) {
    case 'map':
    case 'map-reset':
    case 'gone':
    case 'ping':
      return { type: event, ...(data as object) } as LiveMessage
    case 'batch':
      return { type: event, batch: data as Batch }
    default:
      return undefined
  }
}

const resting = '.'.charCodeAt(0)

/** The map with these changes, in place where it does not grow; it stays as it is where it has them already. */
export function withChanges(
  map: BatchMap,
  { version, rows, changes }: Extract<LiveMessage, { type: 'map' }>,
): BatchMap {
  if (version <= map.version) return map
  const planes = [
    grown(map.state, rows, resting),
    grown(map.verdict, rows, resting),
    grown(map.code, rows, 0),
    grown(map.redo, rows, 0),
  ] as const
  for (const [row, plane, byte] of changes) {
    const bytes = planes[plane]
    if (bytes !== undefined) bytes[row - 1] = byte
  }
  const [state, verdict, code, redo] = planes
  return { version, rows, state, verdict, code, redo }
}

function grown(bytes: Uint8Array, rows: number, byte: number): Uint8Array {
  if (bytes.length >= rows) return bytes
  const all = new Uint8Array(rows).fill(byte)
  all.set(bytes)
  return all
}
