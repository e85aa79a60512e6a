import { startProducer } from '@restyle/producer/start'
import { createLog } from '@restyle/shared/log'
import { openProducer, type World } from './open-producer.ts'

describe('the rate of a producer', () => {
  let world: World
  beforeAll(async () => {
    world = await openProducer({ http: { rate: 40 } })
  })
  afterAll(() => world.stop())

  const models = (headers: Record<string, string>, app = world.producer.app) =>
    app.inject({ url: '/v1/models', headers })

  it('holds over all its keys and two processes', async () => {
    const { redis, store, prefix } = world
    const other = await startProducer({
      config: { host: '127.0.0.1', port: 0, prefix },
      redis,
      store,
      log: createLog('silent'),
      http: { rate: 40 },
    })
    const keys = [await world.keyOf('busy'), await world.keyOf('busy')]
    const apps = [world.producer.app, other.app]
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => models(keys[i % 2] ?? {}, apps[(i >> 1) % 2])),
    )
    await other.stop()
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(40)
    const refused = answers.filter(({ statusCode }) => statusCode === 429)
    expect(refused).toHaveLength(60)
    expect(refused[0]?.json()).toMatchObject({
      code: 'too-many-requests',
      type: '/problems#too-many-requests',
    })
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(50)
    expect(refused[0]?.headers['ratelimit-policy']).toBe('"producer";q=40;w=60')
  })

  it('is the own one of the producer where it has one, and nobody else is turned away', async () => {
    await world.redis.hset(`${world.prefix}:producer:slow`, 'rate', 2)
    const slow = await world.keyOf('slow')
    const first = await models(slow)
    expect(first.headers).toMatchObject({
      ratelimit: '"producer";r=1;t=60',
      'ratelimit-policy': '"producer";q=2;w=60',
    })
    await models(slow)
    expect((await models(slow)).statusCode).toBe(429)
    expect((await models(await world.keyOf('fast'))).statusCode).toBe(200)
  })

  it('does not count health, the document and the pages for people', async () => {
    for (let i = 0; i < 50; i += 1)
      for (const url of ['/healthz', '/openapi.json', '/docs', '/problems']) {
        const answer = await world.producer.app.inject({ url })
        expect([url, answer.statusCode, answer.headers['ratelimit']]).toEqual([url, 200, undefined])
      }
  })

  it('turns away an address that tries one bad key after the other, but no key that worked', async () => {
    const good = await world.keyOf('good')
    const from = (headers: Record<string, string>) =>
      world.producer.app.inject({ url: '/v1/models', headers, remoteAddress: '192.0.2.7' })
    expect((await from(good)).statusCode).toBe(200)
    const statuses: number[] = []
    for (let i = 0; i < 70; i += 1)
      statuses.push((await from({ authorization: `Bearer rk_${i}_0123456789abcdef` })).statusCode)
    expect(statuses.filter((status) => status === 401)).toHaveLength(60)
    expect(statuses.slice(60).every((status) => status === 429)).toBe(true)
    expect((await from({})).statusCode).toBe(401)
    expect((await from(good)).statusCode).toBe(200)
    expect((await models({ authorization: 'Bearer rk_1_0123456789abcdef' })).statusCode).toBe(401)
  })
})
