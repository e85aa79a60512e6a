import type { RedisClient } from '@restyle/shared/redis/redis-client'

/** Everything in a database: triples of key, dump and milliseconds to live. */
export type Backup = Buffer[]

const dumpAll = `
local kept = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  kept[#kept + 1] = key
  kept[#kept + 1] = redis.call('DUMP', key)
  kept[#kept + 1] = tostring(math.max(0, redis.call('PTTL', key)))
end
return kept`

// in one go each, as the hands of sleeping processes may be at work
export const dump = async (redis: RedisClient): Promise<Backup> =>
  (await redis.callBuffer('EVAL', [dumpAll, '0'])) as Backup

export async function restore(redis: RedisClient, kept: Backup): Promise<void> {
  const all = redis.multi().flushdb()
  for (let i = 0; i < kept.length; i += 3) all.restore(kept[i] ?? '', String(kept[i + 2]), kept[i + 1] ?? '')
  await all.exec()
}
