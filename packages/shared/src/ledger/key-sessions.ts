import { evenWhenFull } from '../redis/even-when-full.ts'
import type { LedgerContext } from './record.ts'

/** Sessions of browsers by the key that opened them; each by the hash of its secret, with when (epoch ms) it ends. */
export type KeySessions = {
  /** Opens a session, and ends what is over and the oldest ones beyond `mostSessions`. */
  open(keyId: string, hash: string, until: number, now: number): Promise<void>
  /** When it ends; undefined where there is none. It may be over. */
  read(keyId: string, hash: string): Promise<number | undefined>
  /** It ends later; nothing where there is none. */
  extend(keyId: string, hash: string, until: number): Promise<void>
  end(keyId: string, hash: string): Promise<void>
}

/** Sessions that a key has at once. */
export const mostSessions = 100

export const openKeySessions = ({ redis, keys }: LedgerContext): KeySessions => ({
  open: async (keyId, hash, until, now) => {
    const name = keys.keySessions(keyId)
    await redis
      .multi()
      .zremrangebyscore(name, '-inf', now)
      .zremrangebyrank(name, 0, -mostSessions)
      .zadd(name, until, hash)
      .pexpireat(name, until)
      .exec()
      .then((answers) => {
        const failed = answers?.find(([error]) => error !== null)?.[0]
        if (failed !== undefined && failed !== null) throw failed
      })
  },
  read: async (keyId, hash) => {
    const until = await redis.zscore(keys.keySessions(keyId), hash)
    return until === null ? undefined : Number(until)
  },
  extend: async (keyId, hash, until) => {
    const name = keys.keySessions(keyId)
    await evenWhenFull(redis, 'ZADD', name, 'XX', 'GT', until, hash)
    await redis.pexpireat(name, until, 'GT')
  },
  end: async (keyId, hash) => void (await redis.zrem(keys.keySessions(keyId), hash)),
})
