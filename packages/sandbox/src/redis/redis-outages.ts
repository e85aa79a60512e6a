import { tell } from './start-managed-redis.ts'
import { freePort, type RedisServer } from './start-redis.ts'

/** A way in which a Redis stops to serve, and what makes it serve again. */
export type RedisOutage = {
  name: string
  /** What clients then meet. */
  code: 'READONLY' | 'NOREPLICAS' | 'OOM' | 'ECONNREFUSED'
  begin(server: RedisServer): Promise<unknown>
  end(server: RedisServer): Promise<unknown>
}

export const redisOutages: readonly RedisOutage[] = [
  {
    name: 'is a replica',
    code: 'READONLY',
    begin: async ({ port }) => {
      const nowhere = await freePort()
      await tell(port, (redis) => redis.replicaof('127.0.0.1', nowhere))
    },
    end: ({ port }) => tell(port, (redis) => redis.replicaof('NO', 'ONE')),
  },
  {
    name: 'has too few replicas',
    code: 'NOREPLICAS',
    begin: ({ port }) => tell(port, (redis) => redis.config('SET', 'min-replicas-to-write', '1')),
    end: ({ port }) => tell(port, (redis) => redis.config('SET', 'min-replicas-to-write', '0')),
  },
  {
    name: 'is full',
    code: 'OOM',
    begin: ({ port }) => tell(port, (redis) => redis.config('SET', 'maxmemory', '1')),
    end: ({ port }) => tell(port, (redis) => redis.config('SET', 'maxmemory', '0')),
  },
  {
    name: 'refuses connections',
    code: 'ECONNREFUSED',
    begin: (server) => server.kill(),
    end: (server) => server.restart(),
  },
]
