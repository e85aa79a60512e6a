import { ledgerKeys } from '@restyle/shared/ledger/keys'
import type { Log } from '@restyle/shared/log'
import type { RedisClient } from '@restyle/shared/redis/redis-client'

/** A revoked key must not read on for 3 seconds; a look that is late by one still comes in time. */
const everyMs = 1_000

/** Those who stay connected with a key: how many, and what ends them. */
type Watched = { gone: AbortController; count: number }

/**
 * Looks again and again whether the keys are live with which somebody stays connected: a key that opened a stream was
 * checked when it began, and the stream goes on. While Redis is away nothing is concluded, and nothing can be read.
 */
export function watchKeys(redis: RedisClient, prefix: string, log: Log) {
  const watched = new Map<string, Watched>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function look(keyIds: readonly string[]): Promise<void> {
    try {
      for (const keyId of keyIds) {
        const [hash, revokedAt] = await redis.hmget(ledgerKeys(prefix).apiKey(keyId), 'hash', 'revokedAt')
        const isLive = typeof hash === 'string' && typeof revokedAt !== 'string'
        if (!isLive) watched.get(keyId)?.gone.abort()
      }
    } catch (error) {
      log.debug({ error }, 'keys of open streams could not be looked at')
    }
  }

  function lookLater(): void {
    if (stopped || timer !== undefined || watched.size === 0) return
    timer = setTimeout(() => void lookNow(), everyMs)
  }

  async function lookNow(): Promise<void> {
    await look([...watched.keys()])
    timer = undefined
    lookLater()
  }

  return {
    /** Aborts once the key is no longer live; `leave` ends the watch. */
    watch: (keyId: string): { revoked: AbortSignal; leave: () => void } => {
      const held = watched.get(keyId) ?? { gone: new AbortController(), count: 0 }
      held.count += 1
      watched.set(keyId, held)
      // the check that let it in may be 3 seconds old
      void look([keyId])
      lookLater()
      const leave = () => {
        held.count -= 1
        if (held.count === 0 && watched.get(keyId) === held) watched.delete(keyId)
      }
      return { revoked: held.gone.signal, leave }
    },
    stop: (): void => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
export type KeyWatch = ReturnType<typeof watchKeys>
