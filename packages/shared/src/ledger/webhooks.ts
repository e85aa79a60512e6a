import { Delivery, type WebhookSettings, type Webhook } from '../contract/webhook.ts'
import { jsonOf } from '../contract/json-of.ts'
import { limits } from '../contract/limits.ts'
import type { Answer, LedgerContext } from './record.ts'
import { type WebhookName, webhookOf } from './webhook-record.ts'
import { replaying, sending } from './webhook-rounds.ts'
import { waking } from './webhook-wakes.ts'

/** `stale`: somebody else has saved it since; `full`: its producer has as many as it may have. */
export type WebhookSaved = { kind: 'saved' | 'stale' | 'full' }

const DeliveryText = jsonOf(Delivery)

/** The webhooks of all producers: their settings, and how far each has come in its producer's events. */
export function openWebhooks(context: LedgerContext) {
  const { redis, keys, run } = context
  return {
    /** undefined if there is none. Throws `Unreadable`. */
    read: async (id: string): Promise<Webhook | undefined> =>
      webhookOf(await redis.hgetall(keys.webhook(id))),

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
      const ask = {
        producer,
        id,
        version,
        ...more,
        ...bounds,
        enabled,
        after,
        settings: JSON.stringify(settings),
      }
      const [kind] = (await run('save-webhook', [keys.webhook(id)], ask)) as Answer
      return { kind: kind as WebhookSaved['kind'] }
    },

    /** Forgets a webhook and all that waits for it, if its settings still have `version`. */
    remove: async ({ producer, id }: WebhookName, version: string): Promise<WebhookSaved> => {
      const [kind] = (await run('save-webhook', [keys.webhook(id)], { producer, id, version })) as Answer
      return { kind: kind as WebhookSaved['kind'] }
    },

    ...sending(context),
    ...replaying(context),
    ...waking(context),

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

    /** When (epoch ms) an event is sent to it once more; undefined where that is not so. */
    retryAt: async (id: string, cursor: string): Promise<number | undefined> =>
      timeOf(await redis.zscore(keys.webhookRetries(id), cursor)),

    /** How many events wait for another attempt. */
    waiting: async (id: string): Promise<number> => redis.zcard(keys.webhookRetries(id)),
  }
}
const timeOf = (score: string | null): number | undefined => (score === null ? undefined : Number(score))

export type Webhooks = ReturnType<typeof openWebhooks>
