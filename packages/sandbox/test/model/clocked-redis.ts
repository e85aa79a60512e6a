import { createHash } from 'node:crypto'
import type { RedisClient } from '@restyle/shared/redis/redis-client'

const clockKey = 'clock'

export type Clock = {
  /** Sets it (epoch ms). */
  set(now: number): Promise<void>
  /** Epoch ms. */
  read(): Promise<number>
  pass(ms: number): Promise<void>
}

const realTime = "redis.call('TIME')"
const ourTime = `{ redis.call('HGET', '${clockKey}', 's'), redis.call('HINCRBY', '${clockKey}', 'us', 1000) }`

/**
 * The same Redis and the same scripts, with another clock: one that stands still between two scripts, a millisecond
 * further on at each, and moves only when told. It lies in the selected database, so each database has its own.
 */
export function clocked(redis: RedisClient): { redis: RedisClient; clock: Clock } {
  const bodies = new Map<string, string>()
  const clock: Clock = {
    set: async (now) => {
      await redis.hset(clockKey, 's', Math.floor(now / 1000), 'us', (now % 1000) * 1000)
    },
    read: async () => {
      const [seconds, micros] = await redis.hmget(clockKey, 's', 'us')
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
    },
    pass: async (ms) => {
      await redis.hincrby(clockKey, 'us', ms * 1000)
    },
  }

  const evaluate = async (body: string, count: number, ...rest: (string | number)[]) => {
    const ours = body.replace(realTime, ourTime)
    bodies.set(digest(body), ours)
    return redis.eval(ours, count, ...rest)
  }
  const evaluateKnown = async (sha: string, count: number, ...rest: (string | number)[]) => {
    const ours = bodies.get(sha)
    if (ours === undefined) throw new Error('NOSCRIPT of this clock')
    return redis.evalsha(digest(ours), count, ...rest)
  }
  const replaced = new Map<string | symbol, unknown>([
    ['eval', evaluate],
    ['evalsha', evaluateKnown],
  ])
  const view = new Proxy(redis, {
    get: (target, name) => {
      if (replaced.has(name)) return replaced.get(name)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { redis: view, clock }
}

const digest = (body: string): string => createHash('sha1').update(body).digest('hex')
