import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type Proxy, startProxy } from '../net/tcp-proxy.ts'
import { type RedisServer, startRedis } from './start-redis.ts'

/** A Redis as it is rented: one address, behind it two servers that change places. */
export interface ManagedRedis {
  url: string
  proxy: Proxy
  /** The one that takes writes now, and the other. */
  readonly master: RedisServer
  readonly replica: RedisServer
  /**
   * Promotes the replica and makes the old master follow it. New connections reach the new master; those that are open
   * stay open, to a server that has become a replica.
   */
  failover(): Promise<void>
  stop(): Promise<void>
}

/** Starts both, and resolves when the replica is in step. */
export async function startManagedRedis(): Promise<ManagedRedis> {
  const first = await startRedis()
  const second = await startRedis({ extra: [`replicaof 127.0.0.1 ${first.port}`] })
  const target = { host: '127.0.0.1', port: first.port }
  const proxy = await startProxy({ target })
  let [master, replica] = [first, second]
  await untilInStep(replica.port)
  return {
    url: proxy.url('redis'),
    proxy,
    get master() {
      return master
    },
    get replica() {
      return replica
    },
    async failover() {
      ;[master, replica] = [replica, master]
      await tell(master.port, (redis) => redis.replicaof('NO', 'ONE'))
      target.port = master.port
      await tell(replica.port, (redis) => redis.replicaof('127.0.0.1', master.port))
    },
    async stop() {
      await proxy.stop()
      await second.stop()
      await first.stop()
    },
  }
}

async function untilInStep(port: number): Promise<void> {
  const inStep = () =>
    tell(port, async (redis) => (await redis.info('replication')).includes('master_link_status:up'))
  while (!(await inStep())) await sleep(20)
}

/** Says something on a connection of its own; fails where nobody listens. */
export async function tell<T>(port: number, say: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ host: '127.0.0.1', port, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    return await say(redis)
  } finally {
    redis.disconnect()
  }
}
