import { ordinaryScopes } from '@restyle/producer/http/scopes'
import { createApiKey, installApiKey, openApiKeys, revokeApiKey } from '@restyle/producer/http/api-keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { fine, openProducer, type World } from './open-producer.ts'

describe('API keys', () => {
  let world: World
  const shelf = () => openLedger(world.redis, world.prefix).apiKeys
  const keysAt = (now: () => number) => openApiKeys(shelf(), { now, failed: () => {} })
  const get = (authorization?: string) =>
    world.producer.app.inject({
      url: '/v1/models',
      headers: authorization === undefined ? {} : { authorization },
    })

  beforeAll(async () => {
    world = await openProducer()
  })
  afterAll(() => world.stop())

  it('opens with a live key', async () => {
    expect((await get((await world.keyOf('catalog')).authorization)).statusCode).toBe(200)
  })

  it.each<[string, (key: string) => string | undefined]>([
    ['no key', () => undefined],
    ['another secret', (key) => `Bearer ${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`],
    ['an unknown id', (key) => `Bearer ${key.replace(/^rk_./, 'rk_z')}`],
    ['another scheme', (key) => `Basic ${key}`],
    ['something else', () => 'Bearer sk-0123456789'],
    ['a key of the ledger', () => 'Bearer rk_*_0123456789abcdef'],
  ])('does not open with %s', async (_, spoil) => {
    const { key } = await createApiKey(world.redis, world.prefix, 'catalog')
    const answer = await get(spoil(key))
    expect(answer.statusCode).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.json().type).toBe('/problems#unauthorized')
  })

  it('does not open 3 seconds after it was revoked, however warm', async () => {
    let now = Date.now()
    const keys = keysAt(() => now)
    const { key, keyId } = await createApiKey(world.redis, world.prefix, 'catalog')
    const holder = { producer: 'catalog', keyId, scopes: ordinaryScopes }
    expect(await keys.verify(`Bearer ${key}`)).toEqual(holder)
    expect(await revokeApiKey(world.redis, world.prefix, keyId)).toBe(true)
    expect(await keys.verify(`Bearer ${key}`)).toEqual(holder)
    now += 3_000
    expect(await keys.verify(`Bearer ${key}`)).toBeUndefined()
    expect(await revokeApiKey(world.redis, world.prefix, 'nobody')).toBe(false)
  })

  it('keeps only the hash, and shows it to nobody', async () => {
    const { key, keyId } = await createApiKey(world.redis, world.prefix, 'shown')
    const secret = key.split('_')[2] ?? ''
    const held = await world.redis.hgetall(`${world.prefix}:apikey:${keyId}`)
    expect(JSON.stringify(held)).not.toContain(secret)
    const listed = await shelf().list(undefined, 500)
    expect(listed.map(({ record }) => record)).toContainEqual(
      expect.objectContaining({ id: keyId, producer: 'shown', scopes: ordinaryScopes }),
    )
    expect(JSON.stringify(listed)).not.toContain(secret)
    await world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers: { authorization: `Bearer ${key}` },
      payload: fine,
    })
    expect(world.lines.join('')).not.toContain(secret)
  })

  it('installs a key that is known before', async () => {
    const key = 'rk_demo_0123456789abcdef'
    await installApiKey(world.redis, world.prefix, 'demo', key)
    expect((await get(`Bearer ${key}`)).statusCode).toBe(200)
  })

  it.each(['', 'Catalog', '-a', 'a/b', 'a'.repeat(64)])('names no producer %j', async (name) => {
    await expect(createApiKey(world.redis, world.prefix, name)).rejects.toMatchObject({
      code: 'BadProducerName',
    })
  })

  it.each(['receipts', 'sources', 'collisions'])(
    'gives nobody the name %s, which is a folder of the bucket for something else',
    async (name) => {
      await expect(createApiKey(world.redis, world.prefix, name)).rejects.toMatchObject({
        code: 'BadProducerName',
        message: expect.stringContaining('folders of the bucket'),
      })
      // given away before it was reserved
      const { key, keyId } = await createApiKey(world.redis, world.prefix, 'before')
      expect((await get(`Bearer ${key}`)).statusCode).toBe(200)
      await world.redis.hset(`${world.prefix}:apikey:${keyId}`, 'producer', name)
      expect(await keysAt(Date.now).verify(`Bearer ${key}`)).toBeUndefined()
    },
  )

  it('lists and checks keys beside one that cannot be read', async () => {
    await world.redis.hset(`${world.prefix}:apikey:broken`, 'hash', 'x', 'createdAt', 'yesterday')
    const { key, keyId } = await createApiKey(world.redis, world.prefix, 'sound')
    await world.redis.del(`${world.prefix}:apikeys`)
    const listed = await shelf().list(undefined, 500)
    expect(listed.map(({ place }) => place.id)).toEqual(expect.arrayContaining(['broken', keyId]))
    expect(listed.find(({ place }) => place.id === 'broken')?.record).toBeUndefined()
    expect((await get(`Bearer ${key}`)).statusCode).toBe(200)
    expect((await get('Bearer rk_broken_0123456789abcdef')).statusCode).toBe(401)
  })

  it('installs no key that is too short to be safe', async () => {
    await expect(installApiKey(world.redis, world.prefix, 'demo', 'rk_demo_123')).rejects.toMatchObject({
      code: 'BadApiKey',
    })
  })
})
