import { evenWhenFull } from '../redis/even-when-full.ts'
import { answersOf, type LedgerContext } from './record.ts'

/** A session of a browser, by the hash of its secret. Times in epoch ms. */
export type KeySession = {
  keyId: string
  hash: string
  /** When it ends; it may be over. */
  until: number
  /** When it was opened; undefined of one that an older version opened. */
  openedAt: number | undefined
}

/** Sessions of browsers by the key that opened them; each by the hash of its secret, with when (epoch ms) it ends. */
export type KeySessions = {
  /** Opens a session, and ends what is over and the oldest ones beyond `mostSessions`. */
  open(keyId: string, hash: string, until: number, now: number): Promise<void>
  /** When it ends; undefined where there is none. It may be over. */
  read(keyId: string, hash: string): Promise<number | undefined>
  /** The sessions of all of these keys. */
  list(keyIds: readonly string[]): Promise<KeySession[]>
  /** It ends later; nothing where there is none. */
  extend(keyId: string, hash: string, until: number): Promise<void>
  end(keyId: string, hash: string): Promise<void>
}

/** Sessions that a key has at once. */
export const mostSessions = 100

export const openKeySessions = ({ redis, keys }: LedgerContext): KeySessions => ({
  open: async (keyId, hash, until, now) => {
    const [name, opened] = [keys.keySessions(keyId), keys.keySessionsOpened(keyId)]
    await redis
      .multi()
      .zremrangebyscore(name, '-inf', now)
      .zremrangebyrank(name, 0, -mostSessions)
      .zadd(name, until, hash)
      .pexpireat(name, until)
      .zadd(opened, now, hash)
      // of those that are over the time is forgotten
      .zinterstore(opened, 2, opened, name, 'WEIGHTS', 1, 0)
      .pexpireat(opened, until)
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
  list: async (keyIds) => {
    const pipeline = redis.pipeline()
    for (const keyId of keyIds)
      pipeline
        .zrange(keys.keySessions(keyId), '0', '-1', 'WITHSCORES')
        .zrange(keys.keySessionsOpened(keyId), '0', '-1', 'WITHSCORES')
    const answers = (await answersOf(pipeline)) as string[][]
    return keyIds.flatMap((keyId, i) => {
      const opened = new Map(pairsOf(answers[2 * i + 1]))
      return pairsOf(answers[2 * i]).map(([hash, until]): KeySession => ({
        keyId,
        hash,
        until,
        openedAt: opened.get(hash),
      }))
    })
  },
  extend: async (keyId, hash, until) => {
    const name = keys.keySessions(keyId)
    await evenWhenFull(redis, 'ZADD', name, 'XX', 'GT', until, hash)
    for (const each of [name, keys.keySessionsOpened(keyId)]) await redis.pexpireat(each, until, 'GT')
  },
  end: async (keyId, hash) => {
    await redis.zrem(keys.keySessions(keyId), hash)
    await redis.zrem(keys.keySessionsOpened(keyId), hash)
  },
})

const pairsOf = (flat: readonly string[] = []): [string, number][] =>
  flat.flatMap((member, i) => (i % 2 === 0 ? [[member, Number(flat[i + 1])] as [string, number]] : []))
