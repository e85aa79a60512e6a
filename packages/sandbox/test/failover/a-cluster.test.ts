import { setTimeout as sleep } from 'node:timers/promises'
import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { createApiKey } from '@restyle/producer/http/api-keys'
import { startCluster, type RedisCluster } from '../../src/redis/start-cluster.ts'
import { tell } from '../../src/redis/start-managed-redis.ts'
import { freePort, startRedis } from '../../src/redis/start-redis.ts'
import { until } from '../stories/story.ts'
import { openInstallation } from './open-installation.ts'

let cluster: RedisCluster

beforeAll(async () => {
  cluster = await startCluster()
})
afterAll(() => cluster.stop())

describe('a Redis Cluster', () => {
  it('carries everything in one slot: edits end, events are told, keys are listed', async () => {
    const installation = await openInstallation(cluster.url)
    const { ledger, dashscope } = installation
    try {
      const ids = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((i) => installation.enqueue(`edit-${i}`)))
      await until(
        async () => (await ledger.readMany(ids)).every((edit) => edit?.state === 'succeeded'),
        30_000,
        async () => (await ledger.readMany(ids)).map((edit) => edit?.state),
      )
      expect(dashscope.bill.images).toBe(ids.length)
      const counts = await Promise.all(cluster.nodes.map(({ port }) => tell(port, (redis) => redis.dbsize())))
      expect(counts.filter((count) => count > 0)).toHaveLength(1)
    } finally {
      await installation.stop()
    }
  })

  it('tells whoever waits for a slot, whichever node they listen at', async () => {
    const [told, listening] = [
      connectRedis(cluster.url, 'worker', () => {}),
      connectRedis(cluster.url, 'worker', () => {}),
    ]
    try {
      const heard: string[] = []
      listening.on('message', (_: string, text: string) => heard.push(text))
      await listening.subscribe(ledgerKeys('{x}').freed('lane'))
      const publish = "return redis.call('PUBLISH', KEYS[1], 'slot')"
      await until(async () => {
        await told.eval(publish, 1, ledgerKeys('{x}').freed('lane'))
        return heard.length > 0
      })
      expect(new Set(heard)).toEqual(new Set(['slot']))
    } finally {
      told.disconnect()
      listening.disconnect()
    }
  })

  it('lists the keys of producers', async () => {
    const redis = connectRedis(cluster.url, 'producer', () => {})
    try {
      const { keyId } = await createApiKey(redis, '{listed}', 'catalog')
      // one that an older version made is in no list
      await redis.del(ledgerKeys('{listed}').apiKeys)
      expect(await openLedger(redis, '{listed}').apiKeys.list(undefined, 10)).toMatchObject([
        { record: { id: keyId, producer: 'catalog' } },
      ])
    } finally {
      redis.disconnect()
    }
  })

  it('is audited at once after a failover within it, which no connection tells of', async () => {
    const installation = await openInstallation(cluster.url)
    const replica = await startRedis({ extra: ['cluster-enabled yes', `cluster-port ${await freePort()}`] })
    try {
      const { ledger } = installation
      const id = await installation.enqueue('before')
      await until(async () => (await ledger.read(id))?.state === 'succeeded')
      const keeper = await until(() => keeperOf(ledgerKeys(defaultPrefix).audited))
      await tell(replica.port, async (redis) => {
        const [node] = cluster.nodes
        const bus = await busOf(node?.port ?? 0)
        await redis.call('CLUSTER', 'MEET', '127.0.0.1', String(node?.port), bus)
        await until(async () =>
          redis.call('CLUSTER', 'REPLICATE', keeper.id).then(
            () => true,
            () => false,
          ),
        )
        await until(async () => (await redis.info('replication')).includes('master_link_status:up'))
      })
      const before = await settled(() => ledger.auditedAt())
      await failOver(replica.port)
      const after = await until(async () => {
        const at = await ledger.auditedAt().catch(() => before)
        return at !== before && at
      }, 15_000)
      expect(after).toBeGreaterThan(before ?? 0)
    } finally {
      await installation.stop()
      await replica.stop()
    }
  }, 90_000)
})

/** The node, as CLUSTER NODES tells, that has this key. */
async function keeperOf(key: string): Promise<{ id: string } | undefined> {
  for (const { port } of cluster.nodes) {
    const found = await tell(port, (redis) => redis.exists(key)).catch(() => 0)
    if (found === 1)
      return { id: await tell(port, async (redis) => String(await redis.call('CLUSTER', 'MYID'))) }
  }
  return undefined
}

/** Redis forgets an order to fail over after 5 s, as when the other nodes do not know the replica yet: it is given again. */
async function failOver(port: number): Promise<void> {
  const took = (): Promise<boolean> =>
    tell(port, async (redis) => (await redis.info('replication')).includes('role:master'))
  for (let orders = 1; ; orders++) {
    await tell(port, (redis) => redis.call('CLUSTER', 'FAILOVER'))
    try {
      await until(took, 6_000)
      return
    } catch (error) {
      if (orders === 5) throw error
    }
  }
}

const busOf = (port: number): Promise<string> =>
  tell(port, async (redis) => {
    const nodes = String(await redis.call('CLUSTER', 'NODES'))
    return /@(\d+)[^\n]*myself/.exec(nodes)?.[1] ?? ''
  })

/** A value that has not changed for two seconds. */
async function settled<T>(look: () => Promise<T>): Promise<T> {
  for (let known = await look(); ;) {
    await sleep(2_000)
    const now = await look()
    if (now === known) return now
    known = now
  }
}
