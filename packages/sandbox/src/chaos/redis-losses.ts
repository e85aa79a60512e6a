import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '../redis/start-redis.ts'

/** How Redis is lost, and what it loses. One call after the other, in the order they were made. */
export type RedisLosses = {
  /** Kills Redis and starts it again after `ms`. */
  crash: (ms: number) => Promise<void>
  /** Keeps a copy of what Redis holds on disk now. */
  snapshot: () => Promise<void>
  /** Puts that copy back: everything since is forgotten. */
  rewind: () => Promise<void>
}

/** Of the server that keeps its log in `redisDir`; the copy lies in `dir`. */
export function redisLosses(server: RedisServer, redisDir: string, dir: string): RedisLosses {
  const kept = join(redisDir, 'appendonlydir')
  const copy = join(dir, 'appendonlydir.copy')
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    const done = turn.then(step)
    turn = done.catch(() => undefined)
    return done
  }
  return {
    crash: (ms) =>
      inTurn(async () => {
        await server.kill()
        await sleep(ms)
        await server.restart()
      }),
    snapshot: () =>
      inTurn(async () => {
        await rm(copy, { recursive: true, force: true })
        await cp(kept, copy, { recursive: true })
      }),
    rewind: () =>
      inTurn(async () => {
        await server.kill()
        await rm(kept, { recursive: true })
        await cp(copy, kept, { recursive: true })
        await server.restart()
      }),
  }
}
