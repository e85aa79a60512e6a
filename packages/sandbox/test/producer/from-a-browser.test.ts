import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { fine, openProducer, type World } from './open-producer.ts'
import { openSse } from './open-sse.ts'

const shop = 'https://shop.example'
const readable = ['ETag', 'Link', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id']
const sendable = [
  'Authorization',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'X-Request-Id',
]

const named = (list: unknown) => String(list).split(', ')

describe('a page of an allowed origin', () => {
  let world: World
  let key: { authorization: string }
  beforeAll(async () => {
    world = await openProducer({ http: { origins: [shop], rate: 1_000 } })
    key = await world.keyOf('mine')
  })
  afterAll(() => world.stop())

  const ask = (url: string, headers: Record<string, string>, method: 'GET' | 'POST' | 'OPTIONS' = 'GET') =>
    world.producer.app.inject({ method, url, headers: { origin: shop, ...headers } })

  it('may send what a request needs, to any address', async () => {
    for (const url of ['/v1/edits', '/v1/events', '/v1/nothing']) {
      const answer = await ask(url, { 'access-control-request-method': 'POST' }, 'OPTIONS')
      expect(answer.statusCode).toBe(204)
      expect(answer.headers['access-control-allow-origin']).toBe(shop)
      expect(named(answer.headers['access-control-allow-methods'])).toEqual(
        expect.arrayContaining(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
      )
      expect(named(answer.headers['access-control-allow-headers'])).toEqual(expect.arrayContaining(sendable))
      expect(Number(answer.headers['access-control-max-age'])).toBeGreaterThan(0)
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    }
  })

  it('may read an answer, and every kind of refusal', async () => {
    await world.redis.set(`${world.prefix}:edit:edit_broken`, 'broken on purpose')
    const limited = await world.keyOf('limited')
    await world.redis.hset(`${world.prefix}:producer:limited`, 'rate', 1)
    await ask('/v1/models', limited)
    const answers = [
      [200, await ask('/v1/models', key)],
      [200, await ask('/healthz', {})],
      [204, await ask('/v1/models', {}, 'OPTIONS')],
      [401, await ask('/v1/models', {})],
      [404, await ask('/v1/nothing', key)],
      [404, await ask('/v1/edits/edit_1', key)],
      [405, await ask('/v1/models', key, 'POST')],
      [415, await ask('/v1/edits', { ...key, 'content-encoding': 'gzip' }, 'POST')],
      [429, await ask('/v1/models', limited)],
      [500, await ask('/v1/edits/edit_broken', key)],
    ] as const
    for (const [status, answer] of answers) {
      expect([status, answer.headers['access-control-allow-origin']]).toEqual([answer.statusCode, shop])
      expect(named(answer.headers['access-control-expose-headers'])).toEqual(expect.arrayContaining(readable))
      expect(answer.headers['vary']).toMatch(/origin/i)
    }
    expect(answers[8][1].headers).toMatchObject({
      'retry-after': expect.stringMatching(/^\d+$/),
      ratelimit: expect.stringMatching(/^"producer";r=0;t=\d+$/),
    })
  })

  it('may read a stream of events', async () => {
    const stream = await openSse(`${world.producer.url}/v1/events`, { ...key, origin: shop })
    const { headers } = stream.response
    expect(headers.get('content-type')).toBe('text/event-stream')
    expect(headers.get('access-control-allow-origin')).toBe(shop)
    expect(named(headers.get('access-control-expose-headers'))).toEqual(expect.arrayContaining(readable))
    expect(headers.get('ratelimit')).toMatch(/^"producer";r=\d+;t=\d+$/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-encoding')).toBeNull()
    stream.cut()
  })

  it('is told apart from a page of another origin', async () => {
    const answer = await ask('/v1/models', { ...key, origin: 'https://shop.example.evil' })
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('gets large answers packed, small ones and streams as they are', async () => {
    await world.producer.app.inject({ method: 'POST', url: '/v1/edits', headers: key, payload: fine })
    const large = await ask('/v1/models', { ...key, 'accept-encoding': 'gzip' })
    expect(large.headers['content-encoding']).toBe('gzip')
    expect(large.headers['vary']).toMatch(/accept-encoding/i)
    expect(JSON.parse(String(gunzipSync(large.rawPayload)))).toHaveProperty('models')
    expect((await ask('/v1/models', { ...key, 'accept-encoding': 'br' })).headers['content-encoding']).toBe(
      'br',
    )
    expect((await ask('/v1/models', key)).headers['content-encoding']).toBeUndefined()
    // who keeps it must tell both apart
    expect((await ask('/openapi.json', {})).headers['vary']).toMatch(/^origin, accept-encoding$/i)
    expect((await ask('/healthz', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBeUndefined()
  })
})

describe('without origins in the settings', () => {
  let world: World
  let key: { authorization: string }
  beforeAll(async () => {
    world = await openProducer()
    key = await world.keyOf('mine')
  })
  afterAll(() => world.stop())

  it('no page of another origin may read an answer', async () => {
    for (const method of ['GET', 'OPTIONS'] as const) {
      const answer = await world.producer.app.inject({
        method,
        url: '/v1/models',
        headers: { ...key, origin: shop, 'access-control-request-method': 'GET' },
      })
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  it('every answer says that no page may show it, and none may take it for another type', async () => {
    for (const url of ['/v1/models', '/v1/nothing', '/openapi.json', '/healthz']) {
      const answer = await world.producer.app.inject({ url, headers: key })
      expect(answer.headers).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
    }
  })

  it('shows the API at /docs, with nothing from elsewhere', async () => {
    const page = await world.producer.app.inject({ url: '/docs' })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.body).not.toMatch(/https?:\/\//)
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'sha256-[^']+'; /)
    const inline = page.body.split('<script type="text/javascript">')[1]?.split('</script>')[0] ?? ''
    expect(policy).toContain(`'sha256-${createHash('sha256').update(inline).digest('base64')}'`)
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/)
    const [, script = ''] = /<script src="([^"]+)">/.exec(page.body) ?? []
    const { pathname } = new URL(script, 'http://x/docs')
    const plain = await world.producer.app.inject({ url: pathname })
    const packed = await world.producer.app.inject({ url: pathname, headers: { 'accept-encoding': 'gzip' } })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(packed.rawPayload.length).toBeLessThan(2_000_000)
    expect(String(gunzipSync(packed.rawPayload))).toBe(plain.body)
  })

  it('serves the document packed to whoever takes it so', async () => {
    const plain = await world.producer.app.inject({ url: '/openapi.json' })
    const packed = await world.producer.app.inject({
      url: '/openapi.json',
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
    expect(String(gunzipSync(packed.rawPayload))).toBe(plain.body)
    expect(plain.headers['content-type']).toMatch(/^application\/json/)
    expect(plain.json()).toHaveProperty('paths')
  })

  it('takes a preflight over a real connection', async () => {
    const { url } = world.producer
    const [status, headers] = await new Promise<[number | undefined, object]>((resolve) => {
      request(`${url}/v1/edits`, { method: 'OPTIONS' }, (answer) => {
        answer.resume()
        resolve([answer.statusCode, answer.headers])
      }).end()
    })
    expect(status).toBe(204)
    expect(headers).toMatchObject({ allow: 'GET, HEAD, POST, OPTIONS' })
  })
})
