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
import { toldOfReview } from '../contract/verdict.ts'
import { toldOfWebhook } from '../contract/webhook-event.ts'
import { compareCursors } from './cursor.ts'

/** An event and the place in the stream to go on from. */
export type Delivered = { cursor: string; event: RestyleEvent }

/** An entry that this version cannot read: a newer one wrote it, or something spoilt it. */
export type Unreadable = { cursor: string; reason: string }

/** Events after one cursor, up to another one, that are no longer kept. */
export type Gap = { after: string; upTo: string }

/** Events, and the place after all that was read, be it readable or not. `gap`: what its reader has missed for good. */
export type Page = { delivered: Delivered[]; unreadable: Unreadable[]; cursor: string; gap?: Gap }

/** What the ledger's scripts keep of an edit in an event: these fields, as its hash had them. */
const ToldEdit = Edit.pick(Object.fromEntries(shownFields.map((name) => [name, true])) as ShownMask)
type ShownMask = Record<(typeof shownFields)[number], true>

/** The stream of a producer, and the key that tells which of its events was the last to be forgotten. */
export type StreamKeys = { events: string; trimmed: string }

/** The place before the first event of all. `0` is the place before the oldest that is kept, whichever that is. */
const beforeAll = '0-1'

/** Events are forgotten now and then, so that one more read is enough. */
const mostTries = 5

/** Reads what the ledger's scripts wrote for one producer. Views of it: pages, a follow, groups of consumers. */
export function openEventStream(redis: RedisClient, { events, trimmed }: StreamKeys, producer: string) {
  // what is forgotten between two reads would be missing without a word; a transaction is refused while Redis is full
  const readTogether = async (cursor: string, limit: number): Promise<[Entry[], string | null]> => {
    for (let tries = 1; ; tries += 1) {
      const answers = await redis
        .pipeline()
        .get(trimmed)
        .xrange(events, `(${cursor}`, '+', 'COUNT', limit)
        .get(trimmed)
        .exec()
      const [before, entries, after] = resultsOf(answers) as [string | null, Entry[], string | null]
      if (before === after || tries === mostTries) return [entries, after]
    }
  }
  const start = async (): Promise<string> => (await redis.get(trimmed)) ?? beforeAll
  return {
    /** Up to `limit` entries after `cursor`, oldest first. One that cannot be read hides none of the others. */
    read: async (cursor: string, limit: number): Promise<Page> => {
      const [entries, forgotten] = await readTogether(cursor, limit)
      const gap = gapAfter(cursor, forgotten)
      return {
        ...eventsOf(producer, entries),
        cursor: entries.at(-1)?.[0] ?? gap?.upTo ?? cursor,
        ...(gap === undefined ? {} : { gap }),
      }
    },

    /** Up to `limit` events after `cursor`, oldest first. */
    page: async (cursor: string, limit: number): Promise<Delivered[]> =>
      eventsOf(producer, await redis.xrange(events, `(${cursor}`, '+', 'COUNT', limit)).delivered,

    /** The cursor of an event by its id, where it is among the first `most` from `at` on (epoch ms). */
    find: async (id: string, at: number, most: number): Promise<string | undefined> => {
      const entries = await redis.xrange(events, String(at), '+', 'COUNT', most)
      return entries.find(([, flat]) => Object.fromEntries(pairs(flat))['id'] === id)?.[0]
    },

    /** The cursor before the oldest event that is kept. */
    start,

    /** The cursor after the newest event. */
    end: async (): Promise<string> =>
      (await redis.xrevrange(events, '+', '-', 'COUNT', 1))[0]?.[0] ?? (await start()),

    /** Waits up to `blockMs` for events after `cursor`. Blocks its connection: give it one of its own. */
    wait: async (own: RedisClient, cursor: string, blockMs: number, limit = 100): Promise<Delivered[]> => {
      const answer = await own.xread('COUNT', limit, 'BLOCK', blockMs, 'STREAMS', events, cursor)
      return eventsOf(producer, answer?.[0]?.[1] ?? []).delivered
    },
  }
}
export type EventStream = ReturnType<typeof openEventStream>

/** An entry of the stream, its fields flat. */
export type Entry = [id: string, fields: string[]]

/** What a reader at `cursor` has missed. `0` asks for what is kept, and misses nothing. */
function gapAfter(cursor: string, forgotten: string | null): Gap | undefined {
  if (forgotten === null || cursor === '0' || compareCursors(cursor, forgotten) >= 0) return undefined
  return { after: cursor, upTo: forgotten }
}

function resultsOf(answers: [error: Error | null, result: unknown][] | null): unknown[] {
  return (answers ?? []).map(([error, result]) => {
    if (error !== null) throw error
    return result
  })
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as [string, string]] : []))
}

/** The events that entries of the stream are. */
export function eventsOf(producer: string, entries: readonly Entry[]): Omit<Page, 'cursor'> {
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
  if (type === 'restyle.edit.reviewed' || type === 'restyle.rows.reviewed') return toldOfReview(type, data)
  if (type === 'restyle.edit.refused') return EditRefused.parse(data)
  if (type === 'restyle.rows.canceled') return RowsCanceled.parse(data)
  if (ScheduleEventType.options.some((each) => each === type)) return ScheduleEventData.parse(data)
  if (type === 'restyle.rows.failed') return RowsFailed.parse(data)
  if (StopEvent.options.some((each) => each === type)) return toldOfStop(data)
  return toldOfWebhook(type, data) ?? viewOf(ToldEdit.parse(data))
}
