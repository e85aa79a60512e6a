import type { RedisClient } from '../redis/redis-client.ts'
import { Batch, viewOfBatch } from '../contract/batch.ts'
import { Edit, shownFields, viewOf } from '../contract/edit.ts'
import { EventType, RestyleEvent } from '../contract/event.ts'
import { compareCursors } from './cursor.ts'

/** An event and the place in the stream to go on from. */
export type Delivered = { cursor: string; event: RestyleEvent }

/** What the ledger's scripts keep of an edit in an event: these fields, as its hash had them. */
const ToldEdit = Edit.pick(Object.fromEntries(shownFields.map((name) => [name, true])) as ShownMask)
type ShownMask = Record<(typeof shownFields)[number], true>

/**
 * Reads what the ledger's scripts wrote for one producer, from the stream at `key`. Views of it: pages, a follow, a
 * consumer group with acknowledgement.
 */
export function openEventStream(redis: RedisClient, key: string, producer: string) {
  return {
    /** Up to `limit` events after `cursor`, oldest first. */
    page: async (cursor: string, limit: number): Promise<Delivered[]> =>
      (await redis.xrange(key, `(${cursor}`, '+', 'COUNT', limit)).map((entry) => toEvent(producer, entry)),

    /** The cursor after the newest event. */
    end: async (): Promise<string> => (await redis.xrevrange(key, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0',

    /** Waits up to `blockMs` for events after `cursor`. Blocks its connection: give it one of its own. */
    wait: async (own: RedisClient, cursor: string, blockMs: number, limit = 100): Promise<Delivered[]> => {
      const answer = await own.xread('COUNT', limit, 'BLOCK', blockMs, 'STREAMS', key, cursor)
      return (answer?.[0]?.[1] ?? []).map((entry) => toEvent(producer, entry))
    },

    /** A named group of consumers that shares the stream; it begins at the oldest event that is kept. */
    group: (name: string) => ({
      create: async (): Promise<void> => {
        await redis.xgroup('CREATE', key, name, '0', 'MKSTREAM').catch((error: Error) => {
          if (!error.message.startsWith('BUSYGROUP')) throw error
        })
      },
      /** New events for `consumer`; first of all those that another consumer took and left for `idleMs`. */
      take: async (consumer: string, limit: number, idleMs = 60_000): Promise<Delivered[]> => {
        const left = (await redis.xautoclaim(key, name, consumer, idleMs, '0', 'COUNT', limit)) as [
          string,
          Entry[],
        ]
        if (left[1].length > 0) return left[1].map((entry) => toEvent(producer, entry))
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
        return (fresh?.[0]?.[1] ?? []).map((entry) => toEvent(producer, entry))
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
    data: type === 'restyle.batch.completed' ? viewOfBatch(Batch.parse(data)) : viewOf(ToldEdit.parse(data)),
  })
  return { cursor, event }
}
