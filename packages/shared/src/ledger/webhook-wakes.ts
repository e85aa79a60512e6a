import { evenWhenFull } from '../redis/even-when-full.ts'
import type { RedisClient } from '../redis/redis-client.ts'
import type { LedgerContext } from './record.ts'
import type { WebhookName } from './webhook-record.ts'

/** When webhooks are looked after. */
export const waking = ({ redis, keys }: LedgerContext) => ({
  /** All webhooks that get events. */
  all: async (): Promise<WebhookName[]> =>
    (await redis.zrangebyscore(keys.webhooks, '-inf', '+inf')).map(nameOf),

  /** Those that somebody was to look after by `now` (epoch ms), the longest overdue first. */
  overdue: async (now: number, limit: number): Promise<(WebhookName & { at: number })[]> => {
    const flat = await redis.zrangebyscore(keys.webhooks, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit)
    return flat.flatMap((member, i) => (i % 2 === 1 ? [] : [{ ...nameOf(member), at: Number(flat[i + 1]) }]))
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
})

function nameOf(member: string): WebhookName {
  const [producer = '', id = ''] = member.split(' ')
  return { producer, id }
}
