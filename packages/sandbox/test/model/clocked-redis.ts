import { createHash } from 'node:crypto'
import type { RedisClient } from '@restyle/shared/redis/redis-client'

export type Clock = {
  /** Sets it (epoch ms). */
  set(now: number): Promise<void>
  /** Epoch ms. */
  read(): Promise<number>
  /** The clock on the wall of every machine, which stands still between two passes. */
  wall(): number
  /** Lets time pass, on the wall and for what Redis keeps for a while only. */
  pass(ms: number): Promise<void>
}

const realTime = "redis.call('TIME')"
const clockOf = (prefix: string): string => `${prefix}:clock`
/** Of the prefix of the script's keys, which is in braces: the same text for every world, so that Redis reads each script once. */
const ourClock = "string.match(KEYS[1], '^{.-}') .. ':clock'"
const ourTime = `{ redis.call('HGET', ${ourClock}, 's'), redis.call('HINCRBY', ${ourClock}, 'us', 1000) }`

/** Lets time pass for what Redis keeps for a while only, of all that it has. */
export const age = (redis: RedisClient, ms: number): Promise<unknown> => redis.eval(ageAll, 0, ms, '*')

const ageAll = `
for _, name in ipairs(redis.call('KEYS', ARGV[2])) do
  local left = redis.call('PTTL', name)
  if left >= 0 then redis.call('PEXPIRE', name, left - ARGV[1]) end
end`

/**
 * The same Redis and the same scripts, with another clock: one that stands still between two scripts, a millisecond
 * further on at each, and moves only when told. It lies under the prefix, which is in braces, and concerns what is there.
 */
export function clocked(redis: RedisClient, prefix: string): { redis: RedisClient; clock: Clock } {
  const clockKey = clockOf(prefix)
  let wall = 0
  const clock: Clock = {
    wall: () => wall,
    set: async (now) => {
      wall = now
      await redis.hset(clockKey, 's', Math.floor(now / 1000), 'us', (now % 1000) * 1000)
    },
    read: async () => {
      const [seconds, micros] = await redis.hmget(clockKey, 's', 'us')
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
    },
    pass: async (ms) => {
      wall += ms
      await redis
        .multi()
        .hincrby(clockKey, 'us', ms * 1000)
        .eval(ageAll, 0, ms, `${prefix}*`)
        .exec()
    },
  }

  return { redis: withTime(redis, ourTime), clock }
}

/** The same Redis, whose scripts get their time from this expression in Lua: seconds, and microseconds besides. */
export function withTime(redis: RedisClient, time: string): RedisClient {
  const known = knownFor(time)
  const evaluate = async (body: string, count: number, ...rest: (string | number)[]) => {
    const ours = body.replace(realTime, time)
    known.set(digest(body), digest(ours))
    return redis.eval(ours, count, ...rest)
  }
  const evaluateKnown = async (sha: string, count: number, ...rest: (string | number)[]) => {
    const ours = known.get(sha)
    // or the server says so, which may be another one than before
    if (ours === undefined) throw new Error('NOSCRIPT of this clock')
    return redis.evalsha(ours, count, ...rest)
  }
  const replaced = new Map<string | symbol, unknown>([
    ['eval', evaluate],
    ['evalsha', evaluateKnown],
  ])
  return new Proxy(redis, {
    get: (target, name) => {
      if (replaced.has(name)) return replaced.get(name)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** For each expression: what the digest of a script is with it in place. Kept, as a suite opens thousands of worlds. */
const digests = new Map<string, Map<string, string>>()

function knownFor(time: string): Map<string, string> {
  const known = digests.get(time) ?? new Map<string, string>()
  digests.set(time, known)
  return known
}

const digest = (body: string): string => createHash('sha1').update(body).digest('hex')
