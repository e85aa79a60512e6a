import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import type { RedisServer } from '../redis/start-redis.ts'

/** How Redis is lost, and what it loses. One call after the other, in the order they were made. */
export type RedisLosses = {
  /** Kills Redis and starts it again after `ms`. */
  crash: (ms: number) => Promise<void>
  /** Keeps a copy of what Redis holds on disk now. */
  snapshot: () => Promise<void>
  /** Puts that copy back: everything since is forgotten. */
  rewind: () => Promise<void>
  /** Has Redis write a dump (RDB), and keeps it. */
  backUp: () => Promise<void>
  /** Restores that dump, as one restores a backup: everything since is forgotten. */
  restore: () => Promise<void>
}

/** Of the server that keeps its log in `redisDir`; the copy lies in `dir`. */
export function redisLosses(
  server: RedisServer,
  redis: RedisClient,
  redisDir: string,
  dir: string,
): RedisLosses {
  const kept = join(redisDir, 'appendonlydir')
  const copy = join(dir, 'appendonlydir.copy')
  const backup = join(dir, 'backup.rdb')
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
    backUp: () =>
      inTurn(async () => {
        await redis.save()
        await cp(join(redisDir, 'dump.rdb'), backup)
      }),
    restore: () =>
      inTurn(async () => {
        await server.kill()
        await rm(kept, { recursive: true })
        await mkdir(kept)
        // a Redis with an append-only file reads no dump but one that the file begins with
        await cp(backup, join(kept, 'appendonly.aof.1.base.rdb'))
        const manifest = 'file appendonly.aof.1.base.rdb seq 1 type b\n'
        await writeFile(join(kept, 'appendonly.aof.manifest'), manifest)
        await server.restart()
      }),
  }
}
