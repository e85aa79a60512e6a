import { compareCursors } from '../event/cursor.ts'
import { type EventStream, openEventStream } from '../event/event-stream.ts'
import { type EventGroups, openEventGroups } from './event-groups.ts'
import type { LedgerContext } from './record.ts'

/** What producers are told. */
export type Events = {
  /** In pages. */
  events(producer: string): EventStream
  /** To consumers that share it and acknowledge. */
  eventGroups: EventGroups
  /**
   * Forgets events of before then (epoch ms). Those that a group has not acknowledged are kept for another 30 days, and
   * no longer: a group that nobody reads any more must not fill Redis.
   */
  trimEvents(before: number): Promise<void>
  /** Forgets a producer's events before a cursor, and notes which was the last of them. */
  forgetEvents(producer: string, before: string): Promise<void>
}

const groupsHoldMs = 30 * 24 * 3600_000

export function openEvents(context: LedgerContext): Events {
  const { redis, keys, run } = context
  const events = (producer: string): EventStream =>
    openEventStream(redis, { events: keys.events(producer), trimmed: keys.trimmed(producer) }, producer)
  const forgetEvents: Events['forgetEvents'] = async (producer, before) => {
    await run('forget-events', [keys.events(producer), keys.trimmed(producer)], { before })
  }
  return {
    events,
    forgetEvents,
    eventGroups: openEventGroups(context),
    trimEvents: async (before) => {
      for (const producer of await redis.smembers(keys.producers)) {
        const needed = [`${before}-0`, ...(await oldestNeeded(context, producer))].toSorted(compareCursors)
        const limit = [needed[0] ?? '0', `${before - groupsHoldMs}-0`].toSorted(compareCursors)
        await forgetEvents(producer, limit[1] ?? '0')
      }
    },
  }
}

/** Of each group of a producer, the first event that it may still hand out, or the last one that it has taken. */
async function oldestNeeded({ redis, keys }: LedgerContext, producer: string): Promise<string[]> {
  const names = await redis.smembers(keys.eventGroups(producer))
  return Promise.all(
    names.map(async (name) => {
      const taken = await redis.zrange(keys.eventGroupTaken(producer, name), '0', '-1')
      const [oldest] = taken.toSorted(compareCursors)
      return oldest ?? (await redis.hget(keys.eventGroup(producer, name), 'at')) ?? '0'
    }),
  )
}
