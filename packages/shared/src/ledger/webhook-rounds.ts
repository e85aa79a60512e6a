import { type Delivery, type SentBecause, Span, Tried, type Webhook } from '../contract/webhook.ts'
import { jsonOf } from '../contract/json-of.ts'
import { limits } from '../contract/limits.ts'
import type { WebhookDisabled } from '../contract/webhook-event.ts'
import type { Answer, LedgerContext } from './record.ts'
import { webhookOf } from './webhook-record.ts'

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
const TriedText = jsonOf(Tried)

/** What is done to send events. */
export function sending({ keys, run }: LedgerContext) {
  return {
    /** Reads what is to be sent next, with up to `most` events that are due once more; undefined where there is none. */
    take: async (id: string, most: number, restMs: number): Promise<TakenWebhook | undefined> => {
      const answer = (await run('take-webhook', [keys.webhook(id)], { id, most, restMs })) as Answer
      return answer[0] === 'none' ? undefined : takenOf(answer)
    },

    /** Records a round. `stale`: another has settled one meanwhile, and nothing was recorded. */
    settle: async ({
      moved,
      settled,
      dropped,
      replays,
      ...round
    }: Round): Promise<'settled' | 'disabled' | 'stale' | 'none'> => {
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
        replays: Object.fromEntries(
          replays.map(({ id, span }) => [id, span === undefined ? '' : JSON.stringify(span)]),
        ),
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
  }
}

/** What somebody asks to be sent. */
export const replaying = ({ keys, run }: LedgerContext) => ({
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
  test: async (
    id: string,
  ): Promise<{ kind: 'sent'; cursor: string; event: string } | { kind: 'none' | 'full' }> => {
    const ask = { id, kind: 'test', spans: [], cursors: [], ...replayBounds }
    const [kind, , cursor, event] = (await run('replay-webhook', [keys.webhook(id)], ask)) as Answer
    if (kind !== 'replays') return { kind: kind as 'none' | 'full' }
    return { kind: 'sent', cursor: String(cursor), event: String(event) }
  },
})

const replayBounds = {
  mostReplays: limits.webhookReplays,
  mostAsked: 100,
  mostRetries: limits.webhookRetries,
}

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
    due: cursors.map((cursor, i) => ({
      cursor,
      tried: TriedText.safeParse(tried[i]).data ?? { attempts: 0 },
    })),
    waiting,
    replays: pairsOf(replays)
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .flatMap(([id, text]) => {
        const { data } = SpanText.safeParse(text)
        return data === undefined ? [] : [{ ...data, id }]
      }),
    gap:
      after === undefined
        ? undefined
        : { after, until, ...(missed === '' ? {} : { missed: Number(missed) }) },
  }
}

const pairsOf = (flat: readonly string[]): [string, string][] =>
  flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as [string, string]] : []))

/** Why an event is sent that waits for another attempt. */
export const becauseOf = ({ because }: Tried): SentBecause => because ?? 'retry'
