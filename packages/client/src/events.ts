import { ApiError } from './api-error.ts'
import { call } from './call.ts'
import type { Connection } from './connection.ts'
import { consume, type ConsumeOptions } from './consume.ts'
import { eventGroups } from './event-groups.ts'
import type { CallOptions } from './exchange.ts'
import { longestWaitMs } from './retry.ts'
import { dataOf, streamFrames } from './stream-frames.ts'
import type { EventsPage, Gap, RestyleEvent } from './types.ts'

const backoff = { firstMs: 500, longestMs: 15_000 }

/** How many events a page holds that is read for `pages`. */
const perPage = 500

const path = '/v1/events'

/** Without `cursor`: from the oldest event on. `wait`: seconds to wait for an event where there is none, at most 30. */
export type EventsPageOptions = CallOptions & { cursor?: string; limit?: number; wait?: number }

/** `after`: a cursor, or `now`; without it the stream begins with the oldest event. */
export type FollowOptions = CallOptions & {
  after?: string | undefined
  /** Told why the stream broke off, before it is opened again. */
  onBreak?: (error: ApiError) => void
  /** Told where the stream is when no event says it: `now` has a cursor as soon as the stream is open. */
  onPlace?: (cursor: string) => void
  /** Told of events after the cursor that are gone for good. Without it they are an error (`events-gone`). */
  onGap?: (gap: Gap) => void
}

/** An event and its cursor: `follow({ after: cursor })` continues after it. */
export type Delivered = { cursor: string; event: RestyleEvent }

/**
 * How every edit ended: each event at least once, with an id that is the same on every repeat. Called itself, with a group, it
 * gives the events that the group hands to this consumer, and acknowledges them.
 */
export function events(connection: Connection) {
  const groups = eventGroups(connection)
  const page = ({ cursor, limit, wait, ...options }: EventsPageOptions = {}): Promise<EventsPage> =>
    call(connection, 'get', path, { ...options, query: { limit, cursor, wait }, has: 'events' })

  const ofGroup = (options: ConsumeOptions): AsyncGenerator<RestyleEvent> =>
    consume({ wait: connection.wait, groups, now: () => performance.now() }, options)

  return Object.assign(ofGroup, {
    /** The events after a cursor, oldest first. */
    page,

    /** Page after page until there are no more events; the last page is empty. */
    async *pages({ cursor, ...options }: CallOptions & { cursor?: string } = {}): AsyncGenerator<EventsPage> {
      let from = cursor
      for (;;) {
        const next = await page({
          ...options,
          limit: perPage,
          ...(from === undefined ? {} : { cursor: from }),
        })
        yield next
        if (next.events.length === 0 || next.cursor === from) return
        from = next.cursor
      }
    },

    /**
     * Every event from there on, as long as it is pulled. After a break it opens the stream again after the last event
     * that was taken, or where the producer said that it began. Ends by the signal (throws its reason) or by a refusal that will not pass (throws `ApiError`).
     */
    follow: (options: FollowOptions = {}): AsyncGenerator<Delivered> => follow(connection, options),
  })
}

async function* follow(
  connection: Connection,
  { after, onBreak, onPlace, onGap, ...options }: FollowOptions,
): AsyncGenerator<Delivered> {
  let cursor = after
  let breaks = 0
  for (;;) {
    try {
      for await (const frame of streamFrames(connection, path, cursor, options)) {
        if (frame.kind === 'place') {
          cursor = frame.cursor
          onPlace?.(cursor)
          continue
        }
        const { message } = frame
        const place = message.id ?? cursor ?? ''
        if (message.event === 'gap') {
          tellGap(dataOf(message.data, path) as Gap, onGap)
          onPlace?.(place)
        } else yield { cursor: place, event: dataOf(message.data, path) as RestyleEvent }
        cursor = place
        breaks = 0
      }
      throw new ApiError('no-answer', 'the stream of events was closed', { call: `GET ${path}` })
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

function tellGap(gap: Gap, onGap: FollowOptions['onGap']): void {
  if (onGap !== undefined) return onGap(gap)
  throw new ApiError(
    'events-gone',
    `events after ${gap.after}, up to ${gap.upTo}, are no longer kept; begin after ${gap.upTo}, or hand in onGap to go on`,
    { call: `GET ${path}` },
  )
}
