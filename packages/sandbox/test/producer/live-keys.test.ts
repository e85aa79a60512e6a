import { createApiKey, revokeApiKey } from '@restyle/producer/http/api-keys'
import { watchKeys } from '@restyle/producer/http/live-keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { createLog } from '@restyle/shared/log'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { until } from '../stories/story.ts'

const prefix = '{live}'
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

it('whoever stays connected hears within seconds that its key is revoked, and nobody else does', async () => {
  const keys = watchKeys(openLedger(redis, prefix).apiKeys, createLog('silent'))
  const [one, other] = [await createApiKey(redis, prefix, 'acme'), await createApiKey(redis, prefix, 'acme')]
  const [watched, beside] = [keys.watch(one), keys.watch(other)]
  await revokeApiKey(redis, prefix, one.keyId)
  await until(() => watched.revoked.aborted, 10_000)
  expect(beside.revoked.aborted).toBe(false)
  // it was let in by a check that was 3 seconds old
  const late = keys.watch(one)
  await until(() => late.revoked.aborted, 10_000)
  for (const { leave } of [watched, beside, late]) leave()
  keys.stop()
})

it('whoever stays connected by a session hears that it is ended or over, and nobody with the same key does', async () => {
  const { apiKeys } = openLedger(redis, prefix)
  const keys = watchKeys(apiKeys, createLog('silent'))
  const { keyId } = await createApiKey(redis, prefix, 'acme')
  const now = Date.now()
  for (const [hash, ms] of Object.entries({ ended: 60_000, brief: 1_500, other: 60_000 }))
    await apiKeys.sessions.open(keyId, hash, now + ms, now)
  const [ended, brief, other, byKey] = [
    keys.watch({ keyId, sessionHash: 'ended' }),
    keys.watch({ keyId, sessionHash: 'brief' }),
    keys.watch({ keyId, sessionHash: 'other' }),
    keys.watch({ keyId }),
  ]
  await apiKeys.sessions.end(keyId, 'ended')
  await until(() => ended.revoked.aborted && brief.revoked.aborted, 10_000)
  expect(Date.now()).toBeGreaterThanOrEqual(now + 1_500)
  expect([other.revoked.aborted, byKey.revoked.aborted]).toEqual([false, false])
  for (const { leave } of [ended, brief, other, byKey]) leave()
  keys.stop()
})
