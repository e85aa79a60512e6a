import type { LedgerContext } from './record.ts'

/** An edit in `review`, and since when (epoch ms on Redis's clock). */
export type Held = { id: string; heldAt: number }

/** A producer's held edits after `after`, the longest held first. */
export async function listHeld(
  { redis, keys }: LedgerContext,
  producer: string,
  after: Held | undefined,
  limit: number,
): Promise<Held[]> {
  const key = keys.held(producer)
  const newer = ['+inf', 'WITHSCORES', 'LIMIT', 0, limit] as const
  if (after === undefined) return toHeld(await redis.zrangebyscore(key, '-inf', ...newer))
  // Redis orders those of one millisecond by their ids
  const tied = toHeld(await redis.zrangebyscore(key, after.heldAt, after.heldAt, 'WITHSCORES'))
  const rest = toHeld(await redis.zrangebyscore(key, `(${after.heldAt}`, ...newer))
  return [...tied.filter(({ id }) => id > after.id), ...rest].slice(0, limit)
}

const toHeld = (flat: string[]): Held[] =>
  flat.flatMap((id, i) => (i % 2 === 0 ? [{ id, heldAt: Number(flat[i + 1]) }] : []))
