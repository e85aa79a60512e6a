import { eventOfRun } from '../contract/schedule-event.ts'
import { jsonOf } from '../contract/json-of.ts'
import { limits } from '../contract/limits.ts'
import { Schedule, ScheduleRun } from '../contract/schedule.ts'
import { type Answer, isWrongType, type LedgerContext, unreadable, whyUnreadable } from './record.ts'

const ScheduleText = jsonOf(Schedule)

/** Names a schedule. */
export type ScheduleId = { producer: string; name: string }

/** A schedule as it was read: whoever saves it says which version. */
export type SavedSchedule = { schedule: Schedule; version: string }

/** `stale`: somebody else has saved it since; `full`: its producer has as many as it may have. */
export type ScheduleSaved = { kind: 'saved'; version: string } | { kind: 'stale' | 'full' }

/** The schedules of all producers. One is written by a comparison of versions alone; what it decides, its callers do. */
export type Schedules = {
  /** undefined if there is none. Throws `Unreadable`. */
  read(id: ScheduleId): Promise<SavedSchedule | undefined>
  /** The names of a producer's schedules, in their order. */
  list(producer: string): Promise<string[]>
  /** Writes a schedule, its history and its events, if it still has `version`; `''` for a new one. */
  save(
    schedule: Schedule,
    version: string,
    more: { wakeAt: number; entries?: readonly ScheduleRun[] },
  ): Promise<ScheduleSaved>
  /** Forgets a schedule and its history, if it still has `version`. */
  remove(id: ScheduleId, version: string): Promise<ScheduleSaved>
  /** What became of its ticks, the newest decision first. */
  runs(id: ScheduleId, limit: number, after?: string): Promise<ScheduleRun[]>
  /** A run by its id. */
  run(id: ScheduleId, run: string): Promise<ScheduleRun | undefined>
  /** Has it looked at no later than `at` (epoch ms). */
  remind(id: ScheduleId, at: number): Promise<void>
  /** Has it looked at no sooner than `at` (epoch ms), where it cannot be looked at now. */
  postpone(id: ScheduleId, at: number): Promise<void>
  /** It is not there any more. */
  forget(id: ScheduleId): Promise<void>
  /** Those that were to be looked at by `now` (epoch ms), the longest overdue first. */
  overdue(now: number, limit: number): Promise<(ScheduleId & { wakeAt: number })[]>
}

async function readSchedule(
  { redis, keys }: LedgerContext,
  { producer, name }: ScheduleId,
): Promise<SavedSchedule | undefined> {
  const found = await redis.hgetall(keys.schedule(producer, name)).catch((error: unknown) => {
    throw isWrongType(error) ? unreadable('schedule', name, error.message) : error
  })
  const { version, schedule } = found
  if (version === undefined) return undefined
  const read = ScheduleText.safeParse(schedule ?? 'null')
  if (!read.success) throw unreadable('schedule', name, whyUnreadable(read.error))
  return { schedule: read.data, version }
}

export function openSchedules(context: LedgerContext): Schedules {
  const { redis, keys, run } = context
  const save = async ({ producer, name }: ScheduleId, ask: object): Promise<ScheduleSaved> => {
    const sent = { producer, name, events: [], entries: [], ...ask }
    const more = { most: limits.schedules, kept: limits.scheduleRuns }
    const answer = await run('save-schedule', [keys.schedule(producer, name)], { ...sent, ...more })
    const [kind, version] = answer as Answer
    return kind === 'saved' ? { kind, version: String(version) } : { kind: kind as 'stale' | 'full' }
  }
  return {
    read: (id) => readSchedule(context, id),
    list: async (producer) => (await redis.smembers(keys.schedulesOf(producer))).toSorted(),
    save: (schedule, version, { wakeAt, entries = [] }) =>
      save(schedule, {
        version,
        schedule: JSON.stringify(schedule),
        wakeAt,
        entries: entries.map((entry) => ({ id: entry.id, at: entry.at, text: JSON.stringify(entry) })),
        events: entries.flatMap((entry) => {
          const event = eventOfRun(schedule.producer, schedule.name, entry)
          return event === undefined ? [] : [{ ...event, data: JSON.stringify(event.data) }]
        }),
      }),
    remove: (id, version) => save(id, { version }),
    runs: async ({ producer, name }, limit, after) => {
      const ids = await newestRuns(redis, keys.scheduleOrder(producer, name), limit, after)
      if (ids.length === 0) return []
      const texts = await redis.hmget(keys.scheduleRuns(producer, name), ...ids)
      return texts.flatMap((text) => (text === null ? [] : [ScheduleRun.parse(JSON.parse(text))]))
    },
    run: async ({ producer, name }, id) => {
      const text = await redis.hget(keys.scheduleRuns(producer, name), id)
      return text === null ? undefined : ScheduleRun.parse(JSON.parse(text))
    },
    remind: async ({ producer, name }, at) => {
      await redis.zadd(keys.schedules, 'LT', at, `${producer} ${name}`)
    },
    postpone: async ({ producer, name }, at) => {
      await redis.zadd(keys.schedules, 'XX', at, `${producer} ${name}`)
    },
    forget: async ({ producer, name }) => {
      await redis.zrem(keys.schedules, `${producer} ${name}`)
    },
    overdue: async (now, limit) => {
      const flat = await redis.zrangebyscore(keys.schedules, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit)
      return flat.flatMap((member, i) => {
        if (i % 2 === 1) return []
        const [producer = '', name = ''] = member.split(' ')
        return [{ producer, name, wakeAt: Number(flat[i + 1]) }]
      })
    },
  }
}

/** Ids of runs, the newest first: those after `after`, which history may have dropped, and with it all that were older. */
async function newestRuns(
  redis: LedgerContext['redis'],
  order: string,
  limit: number,
  after: string | undefined,
): Promise<string[]> {
  if (after === undefined) return redis.zrevrange(order, 0, limit - 1)
  const at = await redis.zscore(order, after)
  if (at === null) return []
  // Redis orders those of one millisecond by their ids
  const tied = await redis.zrevrangebyscore(order, at, at)
  const rest = await redis.zrevrangebyscore(order, `(${at}`, '-inf', 'LIMIT', 0, limit)
  return [...tied.filter((id) => id < after), ...rest].slice(0, limit)
}
