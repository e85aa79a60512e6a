import { z } from 'zod'
import { limits } from '../contract/limits.ts'
import { compareCursors } from '../event/cursor.ts'
import { type Delivered, type Entry, eventsOf, type Gap, type Unreadable } from '../event/event-stream.ts'
import type { Answer, LedgerContext } from './record.ts'

/** Names a group of consumers. */
export type EventGroupId = { producer: string; name: string }

/** For how long (ms) a group hands an event out, and how often. */
export type EventGroupSettings = { visibleMs: number; tries: number }

/** A group as it is; times in epoch ms. `at`: the last event that it has taken. `waits`: since when the next one does. */
export type EventGroup = EventGroupSettings & {
  at: string
  createdAt: number
  pulledAt?: number
  taken: number
  dead: number
  gap?: Gap
  waits?: number
}

/** An event that was handed out, for the so-manieth time. Both together name this time. */
export type Receipt = { cursor: string; tries: number }
export type Taken = Delivered & Receipt

/**
 * `at`: the last event that was taken; `againInMs`: when the next one can be handed out again; `full`: so many are out
 * that no new one is taken; `gap`: what the group has missed for good, told until its reader says that it knows.
 */
export type Pulled =
  | {
      kind: 'events'
      taken: Taken[]
      unreadable: Unreadable[]
      at: string
      againInMs?: number
      full: boolean
      gap?: Gap
    }
  | { kind: 'none' | 'stuck' }

/** An event that is handed out no more; it died at `at` (epoch ms). */
export type DeadEvent = { cursor: string; tries: number; at: number } & (
  | { event: Delivered['event'] }
  | { unreadable: string }
)

/** Consumers that share a producer's events: each goes to one of them, and again to another unless it is acknowledged. */
export type EventGroups = {
  /** Makes a group that begins after `at`, or sets one otherwise; what is left out stays. */
  set(id: EventGroupId, at: string, settings: Partial<EventGroupSettings>): Promise<'made' | 'set' | 'full'>
  /** Also what it has handed out, and what is dead; false where there is none. */
  remove(id: EventGroupId): Promise<boolean>
  /** The names of a producer's groups, in their order. */
  list(producer: string): Promise<string[]>
  read(id: EventGroupId): Promise<EventGroup | undefined>
  /** How far a group is with an event: `at` as that of the group. */
  standOf(
    id: EventGroupId,
    cursor: string,
  ): Promise<{ at: string; isTaken: boolean; isDead: boolean } | undefined>
  pull(id: EventGroupId, how: { limit: number; seenGap?: string | undefined }): Promise<Pulled>
  /** They are done with. How many were out, or undefined where there is no such group. */
  ack(id: EventGroupId, cursors: readonly string[]): Promise<number | undefined>
  /**
   * Hands them out again after `afterMs`, or the group's own time. `untried`: this time did not count. Those that somebody
   * else has by now are left to them.
   */
  again(
    id: EventGroupId,
    receipts: readonly Receipt[],
    how: { afterMs?: number | undefined; untried?: boolean | undefined },
  ): Promise<number | undefined>
  /** Up to `limit` of its dead events after a cursor, the oldest first. */
  dead(id: EventGroupId, after: string, limit: number): Promise<DeadEvent[]>
  /** Hands dead events out again from the first try on, or drops them; of all, as many as can be at once. */
  revive(
    id: EventGroupId,
    cursors: readonly string[] | 'all',
    how: { drop: boolean },
  ): Promise<number | undefined>
}

/** What a group does that was never told otherwise. */
export const usualGroup: EventGroupSettings = { visibleMs: 60_000, tries: 10 }

const StoredGroup = z.object({
  at: z.string(),
  createdAt: z.coerce.number(),
  pulledAt: z.coerce.number().optional(),
  visibleMs: z.coerce.number().default(usualGroup.visibleMs),
  tries: z.coerce.number().default(usualGroup.tries),
  gapAfter: z.string().optional(),
  gapUpTo: z.string().optional(),
})

const StoredDead = z.object({ tries: z.number(), at: z.coerce.number(), fields: z.array(z.string()) })

const bounds = {
  bytes: limits.eventPullBytes,
  most: limits.eventsTaken,
  mostDead: limits.eventsDead,
  mostDeadBytes: limits.eventsDeadBytes,
  visibleMs: usualGroup.visibleMs,
  mostTries: usualGroup.tries,
}

/** How many dead events one script looks at. */
const slice = 100

export function openEventGroups(context: LedgerContext): EventGroups {
  const { redis, keys, run } = context
  const keyOf = ({ producer, name }: EventGroupId) => keys.eventGroup(producer, name)
  const settle = async (id: EventGroupId, ask: object): Promise<number | undefined> =>
    settledOf(
      await run('settle-events', [keyOf(id)], {
        ...id,
        acks: [],
        again: [],
        visibleMs: usualGroup.visibleMs,
        ...ask,
      }),
    )
  const deadOf = async ({ producer, name }: EventGroupId): Promise<string[]> =>
    (await redis.hkeys(keys.eventGroupDead(producer, name))).toSorted(compareCursors)
  return {
    set: async (id, at, settings) => {
      const ask = { ...id, at, ...settings, most: limits.eventGroups }
      return kindOf(await run('set-event-group', [keyOf(id)], ask)) as 'made' | 'set' | 'full'
    },
    remove: async (id) =>
      kindOf(await run('set-event-group', [keyOf(id)], { ...id, remove: true })) === 'removed',
    list: async (producer) => (await redis.smembers(keys.eventGroups(producer))).toSorted(),
    read: (id) => readGroup(context, id),
    standOf: (id, cursor) => readStand(context, id, cursor),
    pull: async (id, { limit, seenGap }) => {
      const ask = { ...id, ...bounds, limit, seenGap }
      return pulledOf(
        id.producer,
        (await run('pull-events', [keyOf(id), keys.events(id.producer)], ask)) as Answer,
      )
    },
    ack: (id, cursors) => settle(id, { acks: cursors }),
    again: (id, receipts, how) => settle(id, { again: receipts, ...how }),
    dead: async (id, after, limit) => {
      const later = (await deadOf(id)).filter((cursor) => compareCursors(cursor, after) > 0).slice(0, limit)
      if (later.length === 0) return []
      const texts = await redis.hmget(keys.eventGroupDead(id.producer, id.name), ...later)
      return later.flatMap((cursor, i) => deadEventOf(id.producer, cursor, texts[i] ?? null))
    },
    revive: async (id, asked, { drop }) => {
      const cursors = asked === 'all' ? await deadOf(id) : asked
      let revived = 0
      for (let from = 0; from === 0 || from < cursors.length; from += slice) {
        const ask = { ...id, cursors: cursors.slice(from, from + slice), drop, most: bounds.most }
        const count = settledOf(await run('revive-events', [keyOf(id), keys.events(id.producer)], ask))
        if (count === undefined) return undefined
        revived += count
      }
      return revived
    },
  }
}

const kindOf = (answer: unknown): string => String((answer as Answer)[0])

const settledOf = (answer: unknown): number | undefined => {
  const [kind, count] = answer as Answer
  return kind === 'none' ? undefined : Number(count)
}

async function readGroup({ redis, keys }: LedgerContext, id: EventGroupId): Promise<EventGroup | undefined> {
  const { producer, name } = id
  const fields = await redis.hgetall(keys.eventGroup(producer, name))
  if (fields['at'] === undefined) return undefined
  const { gapAfter, gapUpTo, pulledAt, ...group } = StoredGroup.parse(fields)
  const [next] = await redis.xrange(keys.events(producer), `(${group.at}`, '+', 'COUNT', 1)
  return {
    ...group,
    ...(pulledAt === undefined ? {} : { pulledAt }),
    taken: await redis.zcard(keys.eventGroupTaken(producer, name)),
    dead: await redis.hlen(keys.eventGroupDead(producer, name)),
    ...(gapAfter === undefined || gapUpTo === undefined ? {} : { gap: { after: gapAfter, upTo: gapUpTo } }),
    ...(next === undefined ? {} : { waits: Number(next[0].split('-')[0]) }),
  }
}

async function readStand(
  { redis, keys }: LedgerContext,
  { producer, name }: EventGroupId,
  cursor: string,
): ReturnType<EventGroups['standOf']> {
  const [at, takenAt, dead] = await Promise.all([
    redis.hget(keys.eventGroup(producer, name), 'at'),
    redis.zscore(keys.eventGroupTaken(producer, name), cursor),
    redis.hexists(keys.eventGroupDead(producer, name), cursor),
  ])
  return at === null ? undefined : { at, isTaken: takenAt !== null, isDead: dead === 1 }
}

function pulledOf(producer: string, answer: Answer): Pulled {
  const [kind, at, again, full, gapAfter, gapUpTo, out] = answer
  if (kind !== 'events') return { kind: kind === 'none' ? 'none' : 'stuck' }
  const handed = out as [cursor: string, tries: number, fields: string[]][]
  const tries = new Map(handed.map(([cursor, count]) => [cursor, count]))
  const { delivered, unreadable } = eventsOf(
    producer,
    handed.map(([cursor, , fields]): Entry => [cursor, fields]),
  )
  return {
    kind,
    taken: delivered.map((each) => ({ ...each, tries: tries.get(each.cursor) ?? 0 })),
    unreadable,
    at: String(at),
    full: full === '1',
    ...(again === '' ? {} : { againInMs: Number(again) }),
    ...(gapAfter === '' ? {} : { gap: { after: String(gapAfter), upTo: String(gapUpTo) } }),
  }
}

function deadEventOf(producer: string, cursor: string, text: string | null): DeadEvent[] {
  // it was revived or dropped between two questions
  if (text === null) return []
  const { tries, at, fields } = StoredDead.parse(JSON.parse(text))
  const { delivered, unreadable } = eventsOf(producer, [[cursor, fields]])
  const [read] = delivered
  const why = unreadable[0]?.reason ?? ''
  return [{ cursor, tries, at, ...(read === undefined ? { unreadable: why } : { event: read.event }) }]
}
