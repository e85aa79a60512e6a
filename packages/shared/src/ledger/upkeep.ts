import { openEventStream } from '../event/event-stream.ts'
import type { LedgerContext } from './record.ts'

/** Rendered edits whose first address dies soon: how many, and which is next (`leftMs` on Redis's clock). */
export type Dying = { edits: number; editId: string; leftMs: number }

/** Epoch ms on Redis's clock. */
export async function readClock({ redis }: LedgerContext): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
}

/** Takes the turn to do something for `ms`; false while somebody else has it. */
export const takeTurn = async ({ redis, keys }: LedgerContext, name: string, ms: number): Promise<boolean> =>
  (await redis.set(keys.turn(name), '1', 'PX', ms, 'NX')) !== null

/** The rendered edits of which an address dies within `ms` and is not stored yet. */
export async function findDying(context: LedgerContext, ms: number): Promise<Dying | undefined> {
  const { redis, keys } = context
  const now = await readClock(context)
  const until = now + ms
  const [editId, at] = await redis.zrangebyscore(keys.rendered, '-inf', until, 'WITHSCORES', 'LIMIT', 0, 1)
  if (editId === undefined) return undefined
  return { edits: await redis.zcount(keys.rendered, '-inf', until), editId, leftMs: Number(at) - now }
}

/** Forgets every producer's events of before then (epoch ms), but none that a group has not acknowledged. */
export async function trimEvents({ redis, keys }: LedgerContext, before: number): Promise<void> {
  for (const producer of await redis.smembers(keys.producers))
    await openEventStream(redis, keys.events(producer), producer).trim(before)
}
