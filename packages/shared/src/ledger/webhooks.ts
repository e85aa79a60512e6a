import { Delivery, type SentBecause, Span, Tried, Webhook, type WebhookSettings } from '../contract/webhook.ts'
import { jsonOf } from '../contract/json-of.ts'
import { limits } from '../contract/limits.ts'
import type { WebhookDisabled } from '../contract/webhook-event.ts'
import { evenWhenFull } from '../redis/even-when-full.ts'
import type { RedisClient } from '../redis/redis-client.ts'
import { type Answer, type LedgerContext, unreadable, whyUnreadable } from './record.ts'

/** Names a webhook among all. */
export type WebhookName = { producer: string; id: string }

/** `stale`: somebody else has saved it since; `full`: its producer has as many as it may have. */
export type WebhookSaved = { kind: 'saved' | 'stale' | 'full' }

/** An event that waits for another attempt, by its cursor. */
export type DueEvent = { cursor: string; tried: Tried }

/** Events that are sent once more: those after `after`, up to `until`. */
export type Replay = Span & { id: string }

/** What a webhook is to be sent, as it was read at `now` (epoch ms). */
export type TakenWebhook = {
  now: number
  webhook: Webhook
  due: DueEvent[]
  /** How many wait for another attempt, due or not. */
  waiting: number
  replays: Replay[]
  /** Events that were gone before they could be sent; it was told just now. */
  gap: { after: string; until: string; missed?: number } | undefined
}

/** What became of one attempt, for the ledger. */
export type Settled = {
  row: Delivery
  /** Whether it says something of the endpoint: a test does not. */
  counts: boolean
  /** It answered that it is gone for good. */
  gone: boolean
  /** When the event is tried again (ms); absent: not. */
  inMs?: number
}

/** A round of deliveries. */
export type Round = {
  id: string
  /** Of the webhook as it was read. */
  turn: number
  /** Where it is now, and how many events lie between. */
  moved?: { cursor: string; entries: number }
  settled: readonly Settled[]
  /** Events that are sent no more without an attempt: they are gone. */
  dropped: readonly string[]
  /** Nothing is sent for so long. */
  pauseMs?: number
  slow: boolean
  /** Where each replay is now; undefined where it is done. */
  replays: readonly { id: string; span: Span | undefined }[]
  /** The event if this disables it, but for its reason. */
  told: Omit<WebhookDisabled, 'reason'>
  disableAfterMs: number
}

/** What is to be sent once more. */
export type ReplayAsked =
  | { kind: 'range'; span: Span }
  | { kind: 'skipped' }
  | { kind: 'hand'; cursors: readonly string[] }

/** `started`: how many ranges, or single events; `missing`: cursors of events that are not there any more. */
export type ReplayAnswer =
  | { kind: 'started'; count: number; missing: string[] }
  | { kind: 'none' | 'disabled' | 'full' }

const SpanText = jsonOf(Span)
const DeliveryText = jsonOf(Delivery)
const TriedText = jsonOf(Tried)

/** The webhooks of all producers: their settings, and how far each has come in its producer's events. */
export function openWebhooks(context: LedgerContext) {
  const { redis, keys, run } = context
  return {
    /** undefined if there is none. Throws `Unreadable`. */
    read: async (id: string): Promise<Webhook | undefined> => webhookOf(await redis.hgetall(keys.webhook(id))),

    /** The ids of a producer's webhooks, in their order. */
    list: async (producer: string): Promise<string[]> =>
      (await redis.smembers(keys.webhooksOf(producer))).toSorted(),

    /**
     * Writes settings if they still have `version`; `''` for a new webhook. `afresh`: failures so far are forgotten. One that is
     * enabled again goes on with what comes from then on.
     */
    save: async (
      { producer, id }: WebhookName,
      settings: WebhookSettings,
      { version, ...more }: { version: string; revision: number; afresh?: boolean },
    ): Promise<WebhookSaved> => {
      const { enabled, after } = settings
      const bounds = { most: limits.webhooks, mostSkipped: limits.webhookReplays }
      const ask = { producer, id, version, ...more, ...bounds, enabled, after, settings: JSON.stringify(settings) }
      const [kind] = (await run('save-webhook', [keys.webhook(id)], ask)) as Answer
      return { kind: kind as WebhookSaved['kind'] }
    },

    /** Forgets a webhook and all that waits for it, if its settings still have `version`. */
    remove: async ({ producer, id }: WebhookName, version: string): Promise<WebhookSaved> => {
      const [kind] = (await run('save-webhook', [keys.webhook(id)], { producer, id, version })) as Answer
      return { kind: kind as WebhookSaved['kind'] }
    },

    ...sending(context),

    /** What became of its last attempts, the newest first, those before the number `before`. */
    log: async (
      id: string,
      outcome: Delivery['outcome'],
      { before, limit }: { before: number; limit: number },
    ): Promise<{ number: number; delivery: Delivery }[]> => {
      const last = Number.isFinite(before) ? `(${before}` : '+inf'
      const flat = await redis.zrevrangebyscore(
        keys.webhookLog(id, outcome),
        last,
        '-inf',
        'WITHSCORES',
        'LIMIT',
        0,
        limit,
      )
      return flat.flatMap((text, i) => {
        const { data } = i % 2 === 0 ? DeliveryText.safeParse(text) : {}
        return data === undefined ? [] : [{ number: Number(flat[i + 1]), delivery: data }]
      })
    },

    /** How many events wait for another attempt. */
    waiting: async (id: string): Promise<number> => redis.zcard(keys.webhookRetries(id)),

    /** All webhooks that get events. */
    all: async (): Promise<WebhookName[]> => (await redis.zrangebyscore(keys.webhooks, '-inf', '+inf')).map(nameOf),

    /** Those that somebody was to look after by `now` (epoch ms), the longest overdue first. */
    overdue: async (now: number, limit: number): Promise<(WebhookName & { at: number })[]> => {
      const flat = await redis.zrangebyscore(keys.webhooks, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit)
      return flat.flatMap((member, i) =>
        i % 2 === 1 ? [] : [{ ...nameOf(member), at: Number(flat[i + 1]) }],
      )
    },

    /**
     * Waits up to `blockMs` until one of these producers has an event after its cursor; gives those that have. Blocks the connection
     * `own`.
     */
    waitForNew: async (
      own: RedisClient,
      places: ReadonlyMap<string, string>,
      blockMs: number,
    ): Promise<string[]> => {
      const streams = new Map([...places.keys()].map((producer) => [keys.events(producer), producer]))
      const asked = ['BLOCK', blockMs, 'STREAMS', ...streams.keys(), ...places.values()] as const
      const answer = await own.xread('COUNT', 1, ...asked)
      return (answer ?? []).flatMap(([key]) => streams.get(String(key)) ?? [])
    },

    /** Somebody looks after them at `at` (epoch ms), or before. */
    remind: async (names: readonly WebhookName[], at: number): Promise<void> => {
      if (names.length === 0) return
      const marks = names.flatMap(({ producer, id }) => [at, `${producer} ${id}`])
      await evenWhenFull(redis, 'ZADD', keys.webhooks, 'XX', 'LT', ...marks)
    },

    /** Nobody looks after them before `at` (epoch ms), unless there is something new. */
    postpone: async (names: readonly WebhookName[], at: number): Promise<void> => {
      const marks = names.flatMap(({ producer, id }) => [at, `${producer} ${id}`])
      await evenWhenFull(redis, 'ZADD', keys.webhooks, 'XX', ...marks)
    },
  }
}
export type Webhooks = ReturnType<typeof openWebhooks>

/** What is done to send events, and what somebody asks to be sent. */
function sending({ keys, run }: LedgerContext) {
  return {
    /** Reads what is to be sent next, with up to `most` events that are due once more; undefined where there is none. */
    take: async (id: string, most: number, restMs: number): Promise<TakenWebhook | undefined> => {
      const answer = (await run('take-webhook', [keys.webhook(id)], { id, most, restMs })) as Answer
      return answer[0] === 'none' ? undefined : takenOf(answer)
    },

    /** Records a round. `stale`: another has settled one meanwhile, and nothing was recorded. */
    settle: async ({ moved, settled, dropped, replays, ...round }: Round): Promise<'settled' | 'disabled' | 'stale' | 'none'> => {
      const outcomes = [
        ...settled.map(({ row, counts, gone, inMs }) => ({
          cursor: row.cursor,
          delivered: row.outcome === 'delivered',
          counts,
          gone,
          ...(inMs === undefined ? {} : { inMs: Math.ceil(inMs) }),
          tried: JSON.stringify({ attempts: row.attempt } satisfies Tried),
          row: JSON.stringify(row),
        })),
        ...dropped.map((cursor) => ({ cursor, delivered: true, counts: false, gone: false })),
      ]
      const ask = {
        ...round,
        ...moved,
        turn: String(round.turn),
        outcomes,
        replays: Object.fromEntries(replays.map(({ id, span }) => [id, span === undefined ? '' : JSON.stringify(span)])),
        kept: { delivered: limits.webhookDelivered, failed: limits.webhookFailed },
      }
      const [kind] = (await run('settle-webhook', [keys.webhook(round.id)], ask)) as Answer
      return kind as 'settled' | 'disabled' | 'stale' | 'none'
    },

    /** Lets it rest until its next event; false where there is something to send by now. */
    rest: async (
      id: string,
      { cursor, full, restMs }: { cursor: string; full: boolean; restMs: number },
    ): Promise<boolean> => {
      const [kind] = (await run('rest-webhook', [keys.webhook(id)], { id, cursor, full, restMs })) as Answer
      return kind !== 'more'
    },

    /** Has events sent once more. */
    replay: async (id: string, asked: ReplayAsked): Promise<ReplayAnswer> => {
      const spans = asked.kind === 'range' ? [asked.span] : []
      const cursors = asked.kind === 'hand' ? asked.cursors : []
      const ask = { id, kind: asked.kind, spans, cursors, ...replayBounds }
      const [kind, count, missing] = (await run('replay-webhook', [keys.webhook(id)], ask)) as Answer
      if (kind !== 'replays') return { kind: kind as 'none' | 'disabled' | 'full' }
      return { kind: 'started', count: Number(count), missing: (missing as string[] | undefined) ?? [] }
    },

    /** Has it sent an event of its own, whatever it is set to, and disabled or not. */
    test: async (id: string): Promise<{ kind: 'sent'; cursor: string; event: string } | { kind: 'none' | 'full' }> => {
      const ask = { id, kind: 'test', spans: [], cursors: [], ...replayBounds }
      const [kind, , cursor, event] = (await run('replay-webhook', [keys.webhook(id)], ask)) as Answer
      if (kind !== 'replays') return { kind: kind as 'none' | 'full' }
      return { kind: 'sent', cursor: String(cursor), event: String(event) }
    },
  }
}

const replayBounds = { mostReplays: limits.webhookReplays, mostRetries: 100 }

function takenOf(answer: Answer): TakenWebhook | undefined {
  const [, now, flat, cursors, tried, waiting, replays, gap] = answer as [
    string,
    string,
    string[],
    string[],
    (string | null)[],
    number,
    string[],
    [] | [string, string, string],
  ]
  const webhook = webhookOf(Object.fromEntries(pairsOf(flat)))
  if (webhook === undefined) return undefined
  const [after, until = '', missed = ''] = gap
  return {
    now: Number(now),
    webhook,
    due: cursors.map((cursor, i) => ({ cursor, tried: TriedText.safeParse(tried[i]).data ?? { attempts: 0 } })),
    waiting,
    replays: pairsOf(replays)
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .flatMap(([id, text]) => {
        const { data } = SpanText.safeParse(text)
        return data === undefined ? [] : [{ ...data, id }]
      }),
    gap: after === undefined ? undefined : { after, until, ...(missed === '' ? {} : { missed: Number(missed) }) },
  }
}

const pairsOf = (flat: readonly string[]): [string, string][] =>
  flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as [string, string]] : []))

function webhookOf(fields: Record<string, string>): Webhook | undefined {
  if (fields['version'] === undefined) return undefined
  const read = Webhook.safeParse(fields)
  if (!read.success) throw unreadable('webhook', fields['id'] ?? '', whyUnreadable(read.error))
  return read.data
}

function nameOf(member: string): WebhookName {
  const [producer = '', id = ''] = member.split(' ')
  return { producer, id }
}

/** Why an event is sent that waits for another attempt. */
export const becauseOf = ({ because }: Tried): SentBecause => because ?? 'retry'
