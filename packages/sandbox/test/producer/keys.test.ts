import { openApiKeys } from '@restyle/producer/http/api-keys'
import { keptKeyMs } from '@restyle/shared/contract/api-key'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { newestKey } from '@restyle/shared/receipt/key-record'
import { fine, openProducer, type World } from './open-producer.ts'
import { openSse } from './open-sse.ts'

type Headers = { authorization: string }
type Made = { id: string; key: string; expiresAt?: string; scopes: string[]; predecessor?: string }

let world: World
let admin: Headers
beforeAll(async () => {
  world = await openProducer()
  admin = await world.keyOf('office', ['admin'])
})
afterAll(() => world.stop())

const send = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, headers = admin) => {
  const answer = await world.producer.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
}
const make = async (body: object = {}): Promise<Made> =>
  (await send('POST', '/v1/keys', { producer: 'catalog', ...body })).body
const bearer = ({ key }: Made): Headers => ({ authorization: `Bearer ${key}` })
const shelf = () => openLedger(world.redis, world.prefix).apiKeys
/** A process that has no key in its cache, some time ahead. */
const opensIn = async (made: Made, ms = 0) => {
  const keys = openApiKeys(shelf(), { now: () => Date.now() + ms, failed: () => {} })
  return (await keys.verify(`Bearer ${made.key}`)) !== undefined
}

describe('a key', () => {
  it('is made by an admin, shown once, and opens what its scopes allow', async () => {
    const made = await send('POST', '/v1/keys', {
      producer: 'catalog',
      name: 'shop backend',
      scopes: ['edits:read'],
    })
    expect(made.status).toBe(201)
    expect(made.headers).toMatchObject({ 'cache-control': 'no-store', location: `/v1/keys/${made.body.id}` })
    const own = bearer(made.body)
    expect((await send('GET', '/v1/edits', undefined, own)).status).toBe(200)
    expect((await send('GET', '/v1/events', undefined, own)).status).toBe(403)
    expect((await send('GET', '/v1/keys', undefined, own)).status).toBe(403)
    const [, id, secret] = made.body.key.split('_')
    const view = { id, producer: 'catalog', name: 'shop backend', scopes: ['edits:read'], state: 'live' }
    for (const { body } of [
      await send('GET', `/v1/keys/${id}`),
      await send('GET', '/v1/key', undefined, own),
    ])
      expect(body).toMatchObject({ ...view, lastUsedAt: expect.any(String) })
    const told = JSON.stringify([
      await send('GET', '/v1/keys'),
      await newestKey(world.store, id),
      world.lines,
    ])
    expect(told).toContain(id)
    expect(told).not.toContain(secret)
  })

  it('of a name that no producer may have is not made, nor one with a scope that there is not', async () => {
    for (const [body, pointer] of [
      [{ producer: 'receipts' }, '/producer'],
      [{ producer: 'No Name' }, '/producer'],
      [{ scopes: ['edits:delete'] }, '/scopes/0'],
      [{ scopes: [] }, '/scopes'],
      [{ expiresInSeconds: 1 }, '/expiresInSeconds'],
    ] as const)
      expect(await send('POST', '/v1/keys', { producer: 'catalog', ...body })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer }] },
      })
    expect((await send('GET', '/v1/keys/nosuch')).status).toBe(404)
    expect((await send('DELETE', '/v1/keys/nosuch')).status).toBe(404)
    expect((await send('POST', '/v1/keys/nosuch/rotate', {})).status).toBe(404)
    expect((await send('GET', '/v1/keys/..%2f..%2fsources')).status).toBe(400)
  })

  it('ends by itself when its time is over, and its stream with it', async () => {
    const made = await make({ expiresInSeconds: 60 })
    expect(await opensIn(made, 59_000)).toBe(true)
    expect(await opensIn(made, 60_000)).toBe(false)
    const sse = await openSse(`${world.producer.url}/v1/events?cursor=now`, bearer(made))
    await sse.next({ all: true })
    await world.redis.hset(`${world.prefix}:apikey:${made.id}`, 'expiresAt', Date.now())
    expect(await sse.next()).toEqual({ ended: 'yes' })
  })

  it('is noted as used about once a minute, and not for each request', async () => {
    let now = Date.now()
    const noted: number[] = []
    const keys = openApiKeys(
      { ...shelf(), noteUse: async (_id, at) => void noted.push(at) },
      { now: () => now, failed: () => {} },
    )
    const made = await make()
    const began = now
    for (const wait of [0, 1, 59_998, 1, 30_000, 30_000]) {
      now += wait
      await keys.verify(`Bearer ${made.key}`)
    }
    expect(noted).toEqual([began, began + 60_000, began + 120_000])
  })
})

describe('a rotated key', () => {
  it('has a successor that may do the same, and ends after the overlap', async () => {
    const old = await make({ scopes: ['events'], name: 'reader' })
    const { status, body: next } = await send('POST', `/v1/keys/${old.id}/rotate`, { overlapSeconds: 600 })
    expect(status).toBe(200)
    expect(next).toMatchObject({
      producer: 'catalog',
      scopes: ['events'],
      name: 'reader',
      predecessor: old.id,
    })
    expect([await opensIn(old, 599_000), await opensIn(old, 600_000)]).toEqual([true, false])
    expect([await opensIn(next), await opensIn(next, 1e12)]).toEqual([true, true])
    expect((await send('GET', `/v1/keys/${old.id}`)).body).toMatchObject({
      successor: next.id,
      state: 'live',
    })
  })

  it('ends at once without an overlap, and the streams of its successor stay', async () => {
    const old = await make()
    const url = `${world.producer.url}/v1/events?cursor=now`
    const before = await openSse(url, bearer(old))
    await before.next({ all: true })
    const { body: next } = await send('POST', `/v1/keys/${old.id}/rotate`, { overlapSeconds: 0 })
    const after = await openSse(url, bearer(next))
    await after.next({ all: true })
    const began = performance.now()
    expect(await before.next()).toEqual({ ended: 'yes' })
    expect(performance.now() - began).toBeLessThan(3_000)
    const { body: edit } = await send('POST', '/v1/edits', fine, bearer(next))
    await send('POST', `/v1/edits/${edit.id}/cancel`, {}, bearer(next))
    expect(JSON.parse((await after.next())['data'] ?? '')).toMatchObject({ subject: edit.id })
    after.cut()
  })

  it('is replaced once more while nobody has used its successor, as after a lost answer', async () => {
    const old = await make({ expiresInSeconds: 3600 })
    const rotate = () => send('POST', '/v1/key/rotate', {}, bearer(old))
    const { body: lost } = await rotate()
    const { body: next } = await rotate()
    expect([await opensIn(lost), await opensIn(next)]).toEqual([false, true])
    // as long a life as the first one had
    expect(Date.parse(next.expiresAt) - Date.parse(next.createdAt)).toBe(3600_000)
    expect((await send('GET', '/v1/key', undefined, bearer(next))).status).toBe(200)
    await world.until(async () => (await shelf().usedAt([next.id]))[0] !== undefined)
    expect((await rotate()).body).toMatchObject({ type: '/problems#key-rotated', status: 409 })
    expect(await opensIn(next)).toBe(true)
  })

  it('is rotated once by many at the same moment', async () => {
    const old = await make()
    const made = await Promise.all(
      Array.from({ length: 5 }, () => send('POST', `/v1/keys/${old.id}/rotate`, {})),
    )
    const opening = await Promise.all(made.map(async ({ status, body }) => status === 200 && opensIn(body)))
    expect(opening.filter((opens) => opens)).toHaveLength(1)
  })

  it('gives no successor once it has ended', async () => {
    const old = await make()
    await send('DELETE', `/v1/keys/${old.id}`)
    expect(await send('POST', `/v1/keys/${old.id}/rotate`, {})).toMatchObject({
      status: 409,
      body: { type: '/problems#key-ended' },
    })
  })
})

describe('a revoked key', () => {
  it('opens nothing in any process, twice as well as once, and its successor does, unless that was meant', async () => {
    const old = await make()
    const { body: next } = await send('POST', `/v1/keys/${old.id}/rotate`, {})
    expect((await send('DELETE', `/v1/keys/${old.id}`)).body).toMatchObject({ state: 'revoked' })
    expect([await opensIn(old), await opensIn(next)]).toEqual([false, true])
    expect((await send('DELETE', `/v1/keys/${old.id}?successors=true`)).body).toMatchObject({
      state: 'revoked',
    })
    expect(await opensIn(next)).toBe(false)
  })

  it('is 401 in a process that has just let it in, within 3 seconds', async () => {
    const made = await make()
    expect((await send('GET', '/v1/key', undefined, bearer(made))).status).toBe(200)
    await send('DELETE', `/v1/keys/${made.id}`)
    await world.until(
      async () => (await send('GET', '/v1/models', undefined, bearer(made))).status === 401,
      3_500,
    )
  })

  it('stays revoked whatever an older version of it says', async () => {
    const made = await make()
    const older = await newestKey(world.store, made.id)
    await shelf().revoke(made.id, Date.now())
    if (older === undefined) throw new Error('the bucket does not have it')
    await shelf().save({ ...older, version: 5 })
    expect(await opensIn(made)).toBe(false)
  })

  it('is listed until 30 days after its end, and then forgotten', async () => {
    const made = await make()
    await send('DELETE', `/v1/keys/${made.id}`)
    const name = `${world.prefix}:apikey:${made.id}`
    const days = await world.redis.pttl(name)
    expect(days).toBeGreaterThan(keptKeyMs - 60_000)
    expect(days).toBeLessThanOrEqual(keptKeyMs)
    const ids = async () => (await send('GET', '/v1/keys?limit=500')).body.keys.map(({ id }: Made) => id)
    expect(await ids()).toContain(made.id)
    await world.redis.del(name)
    expect(await ids()).not.toContain(made.id)
    expect(await world.redis.zscore(`${world.prefix}:apikeys`, made.id)).toBeNull()
  })
})

describe('the list of keys', () => {
  it('has every key once, page by page, though many were made at one moment', async () => {
    const createdAt = Date.now()
    const ids = Array.from({ length: 23 }, (_, i) => `same${String(i).padStart(2, '0')}`)
    for (const id of ids)
      await shelf().save({ id, hash: 'x', producer: 'crowd', scopes: [], createdAt, version: 1 })
    const listed: string[] = []
    for (let url: string | undefined = '/v1/keys?producer=crowd&limit=7'; url !== undefined;) {
      const { body, headers } = await send('GET', url)
      listed.push(...body.keys.map(({ id }: Made) => id))
      const link: string | undefined = /<(\?[^>]+)>; rel="next"/.exec(String(headers['link'] ?? ''))?.[1]
      url = link === undefined ? undefined : `/v1/keys${link}`
    }
    expect(listed).toEqual(ids)
  })
})

describe('a producer', () => {
  it('has at most 100 live keys', async () => {
    const createdAt = Date.now()
    for (let i = 0; i < 100; i += 1)
      await shelf().save({ id: `many${i}`, hash: 'x', producer: 'many', scopes: [], createdAt, version: 1 })
    const refused = await send('POST', '/v1/keys', { producer: 'many' })
    expect(refused).toMatchObject({ status: 409, body: { type: '/problems#too-many-keys' } })
    await send('DELETE', '/v1/keys/many7')
    expect((await send('POST', '/v1/keys', { producer: 'many' })).status).toBe(201)
  })
})

describe('while the bucket is away', () => {
  it('no key is made, and one that is revoked ends at once and is to be revoked again', async () => {
    const made = await make()
    world.server.s3.faults.down(true)
    expect((await send('POST', '/v1/keys', { producer: 'catalog' })).status).toBe(503)
    expect((await send('DELETE', `/v1/keys/${made.id}`)).status).toBe(503)
    expect(await opensIn(made)).toBe(false)
    world.server.s3.faults.down(false)
    await world.until(async () => (await send('DELETE', `/v1/keys/${made.id}`)).status === 200)
    expect(await newestKey(world.store, made.id)).toMatchObject({ revokedAt: expect.any(Number) })
  })
})
