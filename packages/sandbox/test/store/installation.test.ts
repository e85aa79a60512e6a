import { claimBucket, installationKey } from '@restyle/shared/store/installation'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { openBucketWorld, sha256 } from './bucket-world.ts'
import type { BucketWorld } from './bucket-world.ts'

describe('the claim on a bucket', () => {
  let world: BucketWorld
  let server: RedisServer
  let redis: RedisClient
  beforeAll(async () => {
    server = await startRedis({ appendonly: false })
    redis = connectRedis(server.url, 'producer', () => {})
  })
  afterAll(async () => {
    redis.disconnect()
    await server.stop()
  })
  beforeEach(async () => {
    await redis.flushall()
    world = await openBucketWorld()
  })
  afterEach(() => world.close())

  const claim = (prefix = '{a}') => claimBucket(world.store, redis, prefix)
  const ours = { kind: 'ours' }

  it('is made by the first who comes, and holds for all of its installation', async () => {
    expect(await Promise.all(Array.from({ length: 8 }, () => claim()))).toEqual(Array(8).fill(ours))
    expect(JSON.parse(String(await world.store.get(installationKey)))).toEqual({
      v: 1,
      prefix: '{a}',
      id: await redis.get('{a}:installation'),
    })
    expect(await claim()).toEqual(ours)
  })

  it('keeps out an installation with another prefix, and says what to do', async () => {
    await claim()
    expect(await claim('{b}')).toEqual({
      kind: 'foreign',
      says: 'the bucket belongs to the installation with RESTYLE_PREFIX={a}, and this one has {b}: give this one a bucket of its own, or that prefix if the two are one',
    })
  })

  it('keeps out one with the same prefix and a Redis that has a bucket of its own', async () => {
    await claim()
    await redis.set('{a}:installation', 'another')
    expect(await claim()).toMatchObject({
      kind: 'foreign',
      says: expect.stringMatching(/keeps its edits in another Redis/),
    })
  })

  it('survives a Redis that lost everything, and one that is full', async () => {
    await claim()
    await redis.flushall()
    await redis.config('SET', 'maxmemory', '1')
    expect(await claim()).toEqual(ours)
    await redis.config('SET', 'maxmemory', '0')
    // told once: it may also be the Redis of a second installation
    expect(await claim()).toEqual({ kind: 'ours', adopted: true })
    expect(await claim()).toEqual(ours)
    expect(await redis.get('{a}:installation')).not.toBeNull()
  })

  it('goes with its Redis into a new bucket', async () => {
    await claim()
    const id = await redis.get('{a}:installation')
    const fresh = await openBucketWorld()
    expect(await claimBucket(fresh.store, redis, '{a}')).toEqual(ours)
    expect(JSON.parse(String(await fresh.store.get(installationKey)))).toMatchObject({ id })
    await fresh.close()
  })

  it.each(['{}', 'no JSON', '{"v":2}'])(
    'is not made over one that nobody here can read: %s',
    async (text) => {
      const bytes = Buffer.from(text)
      await world.store.putIfAbsent(installationKey, bytes, {
        contentType: 'text/plain',
        sha256: sha256(bytes),
      })
      expect(await claim()).toMatchObject({ kind: 'foreign', says: expect.stringMatching(/cannot read it/) })
    },
  )
})
