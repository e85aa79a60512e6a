import { keptKeyMs, type NumberedKey } from '@restyle/shared/contract/api-key'
import { keyRecordKey } from '@restyle/shared/object-key'
import { newestKey, writeKey } from '@restyle/shared/receipt/key-record'
import { putJson } from '@restyle/shared/store/put-json'
import { keysAgain } from '@restyle/worker/rebuild/keys-again'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, openHands } from './open-hands.ts'

let server: RedisServer
let redis: Redis
let hands: Hands
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{keys${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const now = Date.now()
const first: NumberedKey = {
  id: 'one',
  hash: 'ab',
  producer: 'acme',
  scopes: ['events', 'admin'],
  createdAt: now,
  version: 1,
}
/** Writes versions of a key into the bucket. */
const keep = async (...versions: NumberedKey[]) => {
  for (const each of versions) expect(await writeKey(hands.store, each, now)).toBe(true)
}
const again = (told = new Set<string>()) => {
  const { ledger, store, context } = hands
  return keysAgain({ ledger, store, log: context.log, told }, now)
}
const read = (id = 'one') => hands.ledger.apiKeys.read(id)

describe('API keys that Redis has lost', () => {
  it('are there again as they were, with their producers', async () => {
    const newest = { ...first, name: 'reader', expiresAt: now + 60_000, successor: 'two', version: 2 }
    await keep(first, newest)
    await again()
    expect(await read()).toEqual(newest)
    expect(await hands.ledger.listProducers()).toEqual(['acme'])
    expect(await hands.ledger.apiKeys.list(undefined, 10)).toHaveLength(1)
  })

  it('are revoked again, where Redis went back to before', async () => {
    await keep(first)
    await hands.ledger.apiKeys.save(first)
    await keep({ ...first, revokedAt: now, version: 2 })
    await again()
    expect(await read()).toMatchObject({ revokedAt: now, version: 2 })
  })

  it('are left alone where Redis knows better', async () => {
    await keep(first)
    await hands.ledger.apiKeys.save({ ...first, name: 'newer', version: 2 })
    await hands.ledger.apiKeys.revoke('one', now)
    await again()
    expect(await read()).toMatchObject({ name: 'newer', version: 2, revokedAt: now })
  })

  it('stay forgotten where they ended long ago, and are read no more', async () => {
    await keep({ ...first, revokedAt: now - keptKeyMs - 1 })
    const told = new Set<string>()
    await again(told)
    expect(await read()).toBeUndefined()
    expect(told.size).toBe(1)
  })

  it('come back although one of them is damaged, of which a person hears once', async () => {
    await putJson(hands.store, keyRecordKey('bad', 1), { v: 9 })
    await keep(first)
    const told = new Set<string>()
    await again(told)
    expect([await read(), await read('bad')]).toEqual([first, undefined])
    expect(told).toEqual(new Set(['key bad 1']))
  })

  it('have versions that one writer makes', async () => {
    await keep(first)
    const next = (name: string) => writeKey(hands.store, { ...first, name, version: 2 }, now)
    expect((await Promise.all([next('a'), next('b')])).filter((won) => won)).toHaveLength(1)
    expect((await newestKey(hands.store, 'one'))?.version).toBe(2)
  })
})
