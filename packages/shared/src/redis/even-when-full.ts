import type { RedisClient } from './redis-client.ts'

const script = `#!lua flags=allow-oom
return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))`

/**
 * One command on one key that Redis carries out although it is out of memory: for what the work under way needs, which
 * is little and soon over.
 */
export const evenWhenFull = (
  redis: RedisClient,
  command: string,
  key: string,
  ...args: (string | number)[]
): Promise<unknown> => redis.eval(script, 1, key, command, ...args)
