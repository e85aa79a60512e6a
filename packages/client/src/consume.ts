import { ApiError } from './api-error.ts'
import type { Connection } from './connection.ts'
import type { EventGroups, Pulled } from './event-groups.ts'
import type { CallOptions } from './exchange.ts'
import { longestWaitMs } from './retry.ts'
import type { EventGroupRequest, Gap, RestyleEvent, TakenEvent } from './types.ts'

/** The group is made if it is not there. `limit`: how many events are taken at once, 10 where nothing is said. */
export type ConsumeOptions = CallOptions &
  EventGroupRequest & {
    group: string
    limit?: number
    /** Told of events that are gone for good before the group could have them. Without it they are an error. */
    onGap?: (gap: Gap) => void
    /** Told why events could not be taken, before that is tried again. */
    onBreak?: (error: ApiError) => void
  }

const backoff = { firstMs: 500, longestMs: 15_000 }

/** How long those who leave wait until what they had is given back. */
const leaveMs = 5_000

type Reader = Pick<Connection, 'wait'> & { groups: EventGroups; now: () => number }

/**
 * Every event of a group, each to one of its consumers and at least once. An event counts as handled when the next one is
 * asked for, and is acknowledged soon after. Whoever leaves within the handling of an event, by `break` or by an error, gives
 * it back. Handling one may take as long as the group's `visibilitySeconds`; then another consumer gets it, too.
 */
export async function* consume(
  reader: Reader,
  { group, limit = 10, onGap, onBreak, signal, ...settings }: ConsumeOptions,
): AsyncGenerator<RestyleEvent> {
  const { groups } = reader
  const options = signal === undefined ? {} : { signal }
  const { visibilitySeconds } = await groups.set(group, settings, options)
  const batch = openBatch(reader, group, visibilitySeconds * 1_000)
  let seenGap: string | undefined
  let breaks = 0
  try {
    for (;;) {
      try {
        const { gap } = await batch.pull({
          ...options,
          limit,
          wait: 30,
          ...(seenGap === undefined ? {} : { seenGap }),
        })
        breaks = 0
        seenGap = toldGap(group, gap, onGap)
        for (let next = await batch.next(); next !== undefined; next = await batch.next()) yield next
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        // the ledger has lost the group
        if (error.code === 'not-found' && breaks === 0) await groups.set(group, settings, options)
        else if (!error.transient || (error.retryAfterMs ?? 0) > longestWaitMs) throw error
        onBreak?.(error)
        const ms = Math.min(backoff.firstMs * 2 ** breaks, backoff.longestMs)
        breaks += 1
        await reader.wait(Math.max(ms, error.retryAfterMs ?? 0), options)
      }
    }
  } finally {
    await batch.leave()
  }
}

function toldGap(group: string, gap: Gap | undefined, onGap: ConsumeOptions['onGap']): string | undefined {
  if (gap === undefined) return undefined
  if (onGap === undefined)
    throw new ApiError(
      'events-gone',
      `events after ${gap.after}, up to ${gap.upTo}, are no longer kept, and the group ${group} has not had them all; hand in onGap to go on`,
      { call: 'POST /v1/event-groups/{name}/pull' },
    )
  onGap(gap)
  return gap.upTo
}

/** The events that one consumer has: those that it was given and has not asked past, and those that it has handled. */
function openBatch({ groups, now }: Reader, group: string, visibleMs: number) {
  let waiting: TakenEvent[] = []
  let current: TakenEvent | undefined
  let handled: string[] = []
  let extendAt = 0

  /** False where somebody else may have some of them by now. */
  async function keep(): Promise<boolean> {
    const done = handled
    if (done.length > 0) await groups.ack(group, done)
    handled = handled.slice(done.length)
    if (waiting.length === 0) return true
    const { settled } = await groups.extend(group, receiptsOf(waiting))
    extendAt = now() + visibleMs / 2
    return settled === waiting.length
  }

  return {
    pull: async (how: Parameters<EventGroups['pull']>[1]): Promise<Pulled> => {
      const asked = now()
      const done = handled
      const pulled = await groups.pull(group, { ...how, ...(done.length === 0 ? {} : { ack: done }) })
      handled = handled.slice(done.length)
      waiting = [...pulled.events]
      // the time began after we asked, and a long wait does not count
      extendAt = (pulled.events.length === 0 ? asked : now()) + visibleMs / 2
      return pulled
    },

    /** The next event; the one before it is handled. */
    next: async (): Promise<RestyleEvent | undefined> => {
      if (current !== undefined) handled.push(current.receipt)
      current = undefined
      if (waiting.length > 0 && now() > extendAt && !(await keep())) {
        // they come again, to whom it may be
        await groups.giveBack(group, receiptsOf(waiting), { untried: true })
        waiting = []
      }
      current = waiting.shift()
      return current?.event
    },

    /** Gives back what was not handled. Nobody waits for more than a few seconds: it comes again anyway. */
    leave: async (): Promise<void> => {
      const options = { signal: AbortSignal.timeout(leaveMs) }
      const tried = current === undefined ? [] : [current.receipt]
      const untried = receiptsOf(waiting)
      await Promise.allSettled([
        handled.length > 0 && groups.ack(group, handled, options),
        tried.length > 0 && groups.giveBack(group, tried, options),
        untried.length > 0 && groups.giveBack(group, untried, { ...options, untried: true }),
      ])
    },
  }
}

const receiptsOf = (taken: readonly TakenEvent[]): string[] => taken.map(({ receipt }) => receipt)
