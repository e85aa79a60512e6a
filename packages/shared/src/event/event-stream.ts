import type { RedisClient } from '../redis/redis-client.ts'
import { Batch, viewOfBatch } from '../contract/batch.ts'
import { EditRefused } from '../contract/edit-refused.ts'
import { Edit, shownFields, viewOf } from '../contract/edit.ts'
import { ScheduleEventData, ScheduleEventType } from '../contract/schedule-event.ts'
import {
  BatchEvent,
  EventType,
  RestyleEvent,
  RowsCanceled,
  RowsFailed,
  StopEvent,
  toldOfLate,
} from '../contract/event.ts'
import { toldOfStop } from '../contract/stop.ts'
import { compareCursors } from './cursor.ts'

/** An event and the place in the stream to go on from. */
export type Delivered = { cursor: string; event: RestyleEvent }

/** An entry that this version cannot read: a newer one wrote it, or something spoilt it. */
export type Unreadable = { cursor: string; reason: string }

/** Events, and the place after all that was read, be it readable or not. */
export type Page = { delivered: Delivered[]; unreadable: Unreadable[]; cursor: string }

/** What the ledger's scripts keep of an edit in an event: these fields, as its hash had them. */
const ToldEdit = Edit.pick(Object.fromEntries(shownFields.map((name) => [name, true])) as ShownMask)
type ShownMask = Record<(typeof shownFields)[number], true>

/**
 * Reads what the ledger's scripts wrote for one producer, from the stream at `key`. Views of it: pages, a follow, a
 * consumer group with acknowledgement.
 */
export function openEventStream(redis: RedisClient, key: string, producer: string) {
  return {
    /** Up to `limit` entries after `cursor`, oldest first. One that cannot be read hides none of the others. */
    read: async (cursor: string, limit: number): Promise<Page> => {
      const entries = await redis.xrange(key, `(${cursor}`, '+', 'COUNT', limit)
      return { ...eventsOf(producer, entries), cursor: entries.at(-1)?.[0] ?? cursor }
    },

    /** Up to `limit` events after `cursor`, oldest first. */
    page: async (cursor: string, limit: number): Promise<Delivered[]> =>
      eventsOf(producer, await redis.xrange(key, `(${cursor}`, '+', 'COUNT', limit)).delivered,

    /** The cursor after the newest event. */
    end: async (): Promise<string> => (await redis.xrevrange(key, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0',

    /** Waits up to `blockMs` for events after `cursor`. Blocks its connection: give it one of its own. */
    wait: async (own: RedisClient, cursor: string, blockMs: number, limit = 100): Promise<Delivered[]> => {
      const answer = await own.xread('COUNT', limit, 'BLOCK', blockMs, 'STREAMS', key, cursor)
      return eventsOf(producer, answer?.[0]?.[1] ?? []).delivered
    },

    /** A named group of consumers that shares the stream; it begins at the oldest event that is kept. */
    group: (name: string) => ({
      create: async (): Promise<void> => {
        await redis.xgroup('CREATE', key, name, '0', 'MKSTREAM').catch((error: Error) => {
          if (!error.message.startsWith('BUSYGROUP')) throw error
        })
      },
      /**
       * New events for `consumer`; first of all those that another consumer took and left for `idleMs`. Entries that cannot
       * be read stay pending.
       */
      take: async (consumer: string, limit: number, idleMs = 60_000): Promise<Delivered[]> => {
        const left = (await redis.xautoclaim(key, name, consumer, idleMs, '0', 'COUNT', limit)) as [
          string,
          Entry[],
        ]
        const leftEvents = eventsOf(producer, left[1]).delivered
        if (leftEvents.length > 0) return leftEvents
        const fresh = (await redis.xreadgroup(
          'GROUP',
          name,
          consumer,
          'COUNT',
          limit,
          'STREAMS',
          key,
          '>',
        )) as [string, Entry[]][] | null
        return eventsOf(producer, fresh?.[0]?.[1] ?? []).delivered
      },
      ack: async (cursors: string[]): Promise<void> => {
        if (cursors.length > 0) await redis.xack(key, name, ...cursors)
      },
      pending: async (): Promise<number> => Number((await redis.xpending(key, name))[0]),
    }),

    /** Forgets events older than `at` (epoch ms), but none that a group has not acknowledged. */
    trim: async (at: number): Promise<void> => {
      const groups = (await redis.xinfo('GROUPS', key).catch(() => [])) as unknown[][]
      const oldest = await Promise.all(groups.map((group) => oldestNeeded(redis, key, group)))
      const limit = [...oldest, `${at}-0`].toSorted(compareCursors)[0] ?? `${at}-0`
      await redis.xtrim(key, 'MINID', limit)
    },
  }
}
export type EventStream = ReturnType<typeof openEventStream>

type Entry = [id: string, fields: string[]]

async function oldestNeeded(redis: RedisClient, key: string, group: unknown[]): Promise<string> {
  const facts = Object.fromEntries(pairs(group.map(String)))
  const pending = (await redis.xpending(key, facts['name'] ?? '')) as [number, string | null, ...unknown[]]
  return pending[1] ?? facts['last-delivered-id'] ?? '0-0'
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as [string, string]] : []))
}

function eventsOf(producer: string, entries: Entry[]): Omit<Page, 'cursor'> {
  const unreadable: Unreadable[] = []
  const delivered = entries.flatMap((entry) => {
    try {
      return [toEvent(producer, entry)]
    } catch (error) {
      unreadable.push({ cursor: entry[0], reason: error instanceof Error ? error.message : String(error) })
      return []
    }
  })
  return { delivered, unreadable }
}

function toEvent(producer: string, [cursor, flat]: Entry): Delivered {
  const fields = Object.fromEntries(pairs(flat))
  const type = EventType.parse(fields['type'])
  const time = new Date(Number(fields['time'])).toISOString()
  const data: unknown = JSON.parse(fields['data'] ?? '')
  const event = RestyleEvent.parse({
    specversion: '1.0',
    id: fields['id'],
    source: `/restyle/producers/${producer}`,
    type,
    subject: fields['subject'],
    time,
    datacontenttype: 'application/json',
    ...(fields['traceparent'] ? { traceparent: fields['traceparent'] } : {}),
    data: dataOf(type, data),
  })
  return { cursor, event }
}

/** What the event tells, out of what the ledger's scripts wrote. */
function dataOf(type: EventType, data: unknown): RestyleEvent['data'] {
  if (BatchEvent.options.some((each) => each === type)) return viewOfBatch(Batch.parse(data))
  if (type === 'restyle.batch.late') return toldOfLate(data)
  if (type === 'restyle.edit.refused') return EditRefused.parse(data)
  if (type === 'restyle.rows.canceled') return RowsCanceled.parse(data)
  if (ScheduleEventType.options.some((each) => each === type)) return ScheduleEventData.parse(data)
  if (type === 'restyle.rows.failed') return RowsFailed.parse(data)
  if (StopEvent.options.some((each) => each === type)) return toldOfStop(data)
  return viewOf(ToldEdit.parse(data))
}
