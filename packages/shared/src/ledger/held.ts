import type { Redis } from 'ioredis'
import { ledgerKeys } from './keys.ts'

/** An edit in `review`, and since when (epoch ms on Redis's clock). */
export type Held = { id: string; heldAt: number }

/** A producer's held edits behind `after`, the longest held first. */
export async function listHeld(
  redis: Redis,
  prefix: string,
  producer: string,
  after: Held | undefined,
  limit: number,
): Promise<Held[]> {
  const key = ledgerKeys(prefix).held(producer)
  const newer = ['+inf', 'WITHSCORES', 'LIMIT', 0, limit] as const
  if (after === undefined) return toHeld(await redis.zrangebyscore(key, '-inf', ...newer))
  // Redis orders those of one millisecond by their ids
  const beside = toHeld(await redis.zrangebyscore(key, after.heldAt, after.heldAt, 'WITHSCORES'))
  const rest = toHeld(await redis.zrangebyscore(key, `(${after.heldAt}`, ...newer))
  return [...beside.filter(({ id }) => id > after.id), ...rest].slice(0, limit)
}

const toHeld = (flat: string[]): Held[] =>
  flat.flatMap((id, i) => (i % 2 === 0 ? [{ id, heldAt: Number(flat[i + 1]) }] : []))
