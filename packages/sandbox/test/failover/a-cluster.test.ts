import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { createApiKey, listApiKeys } from '@restyle/producer/http/api-keys'
import { startCluster, type RedisCluster } from '../../src/redis/start-cluster.ts'
import { tell } from '../../src/redis/start-managed-redis.ts'
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
      expect(await listApiKeys(redis, '{listed}')).toMatchObject([{ keyId, producer: 'catalog' }])
    } finally {
      redis.disconnect()
    }
  })
})
