import { openFollowers } from '@restyle/producer/event/followers'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { until } from '../stories/story.ts'

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

it('of two who follow one producer, the one who is behind hears at once that there is more', async () => {
  const followers = openFollowers(redis, '{follow}', { all: 9, each: 9 })
  const key = ledgerKeys('{follow}').events('acme')
  await redis.xadd(key, '5-1', 'type', 'x')
  const never = new AbortController()
  // both wait before the first look, which asks for the two of them together
  const upToDate = followers.wait('acme', '5-1', 600_000, never.signal)
  const behind = followers.wait('acme', '0', 600_000, never.signal)
  let heard = false
  void behind.then(() => {
    heard = true
  })
  try {
    // it would wait far longer
    expect(await until(() => heard, 5_000)).toBe(true)
  } finally {
    never.abort()
    await upToDate
    followers.stop()
  }
})
