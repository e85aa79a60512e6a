import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { Command } from 'ioredis'

/** Everything under a prefix: triples of key, dump and milliseconds to live. */
export type Backup = Buffer[]

const dumpAll = `
local kept = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  kept[#kept + 1] = key
  kept[#kept + 1] = redis.call('DUMP', key)
  kept[#kept + 1] = tostring(math.max(0, redis.call('PTTL', key)))
end
return kept`

const clearAll = `
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end`

const all = (prefix: string): string => `${prefix}*`

// in one go each, as the hands of sleeping processes may be at work
export async function dump(redis: RedisClient, prefix: string): Promise<Backup> {
  // as bytes
  const command = new Command('EVAL', [dumpAll, '0', all(prefix)], { replyEncoding: null })
  return (await redis.sendCommand(command)) as Backup
}

/** Forgets all that is under a prefix. */
export const clear = (redis: RedisClient, prefix: string): Promise<unknown> =>
  redis.eval(clearAll, 0, all(prefix))

export async function restore(redis: RedisClient, prefix: string, kept: Backup): Promise<void> {
  const steps = redis.multi().eval(clearAll, 0, all(prefix))
  for (let i = 0; i < kept.length; i += 3)
    steps.restore(kept[i] ?? '', String(kept[i + 2]), kept[i + 1] ?? '')
  await steps.exec()
}
