import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'

export type Script = (redis: Redis, keys: string[], args: (string | number)[]) => Promise<unknown>

/** A Lua script by its digest; sent whole only where Redis does not know it yet (first use, restart, failover). */
export function script(lua: string): Script {
  const body = lua.trim()
  const sha = createHash('sha1').update(body).digest('hex')
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args)
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT'))
        return redis.eval(body, keys.length, ...keys, ...args)
      throw error
    }
  }
}
