import { globSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { fine, openProducer, type World } from './open-producer.ts'
import { openSse } from './open-sse.ts'
import { servedBy } from './served-by.ts'

/** A route as it is served: its path with values in the place of its parameters. */
type Route = { path: string; methods: string[] }
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof methods)[number]

describe('what every answer has in common', () => {
  let world: World
  let key: { authorization: string }
  const routes: Route[] = []
  beforeAll(async () => {
    world = await openProducer({ http: { accessLog: 'all' } })
    key = await world.keyOf('mine')
    const byPath = new Map<string, string[]>()
    for (const served of servedBy(world.producer.app.printRoutes({ commonPrefix: false }))) {
      const [method = '', path = ''] = served.split(' ')
      byPath.set(path, [...(byPath.get(path) ?? []), method.toUpperCase()])
    }
    for (const [path, served] of byPath)
      routes.push({ path: path.replaceAll(/\{\w+\}/g, '1'), methods: served })
  })
  afterAll(() => world.stop())

  const ask = (method: Method | 'OPTIONS', url: string, headers: Record<string, string> = {}) =>
    world.producer.app.inject({ method, url, headers: { accept: '*/*', ...headers } })

  it('finds all routes', () => {
    expect(routes.length).toBeGreaterThan(40)
    expect(routes).toContainEqual({ path: '/v1/edits/1', methods: ['GET', 'HEAD'] })
  })

  it('gives back the request id of the caller, and puts it into the problem', async () => {
    for (const { path, methods: served } of routes)
      for (const method of served) {
        const answer = await ask(method as Method, path, { 'x-request-id': 'order-4711.a_b' })
        expect([method, path, answer.headers['x-request-id']]).toEqual([method, path, 'order-4711.a_b'])
        if (answer.statusCode < 400 || method === 'HEAD') continue
        expect([method, path, answer.headers['content-type'], answer.json()]).toEqual([
          method,
          path,
          'application/problem+json',
          expect.objectContaining({
            type: expect.stringMatching(/^\/problems#[a-z-]+$/),
            instance: 'order-4711.a_b',
            status: answer.statusCode,
            title: expect.stringMatching(/\w/),
            detail: expect.stringMatching(/\w/),
          }),
        ])
        expect(answer.json().type).toBe(`/problems#${answer.json().code}`)
      }
  })

  it('has a HEAD for every GET, which answers as that does, without a body', async () => {
    for (const { path, methods: served } of routes.filter((route) => route.methods.includes('GET'))) {
      expect([path, served]).toEqual([path, expect.arrayContaining(['HEAD'])])
      const [get, head] = [await ask('GET', path, key), await ask('HEAD', path, key)]
      expect([path, head.statusCode, head.body]).toEqual([path, get.statusCode, ''])
    }
  })

  it('refuses another method than the route has, and names those that it has, before it asks for a key', async () => {
    for (const { path, methods: served } of routes) {
      const allow = [...served, 'OPTIONS'].toSorted()
      for (const method of methods.filter((each) => !served.includes(each))) {
        const answer = await ask(method, path)
        const told = String(answer.headers['allow']).split(', ').toSorted()
        expect([method, path, answer.statusCode, told]).toEqual([method, path, 405, allow])
      }
    }
  })

  it('tells the methods of every address to OPTIONS', async () => {
    for (const { path, methods: served } of routes) {
      const answer = await ask('OPTIONS', path)
      const told = String(answer.headers['allow']).split(', ').toSorted()
      expect([path, answer.statusCode, told]).toEqual([path, 204, [...served, 'OPTIONS'].toSorted()])
    }
    expect((await ask('OPTIONS', '/v1/nothing')).statusCode).toBe(404)
  })

  it('takes no slash at the end: an empty id must not mean the list', async () => {
    // every address below the console is one of its pages
    for (const { path, methods: served } of routes.filter((route) => route.path !== '/console')) {
      const answer = await ask(served[0] as Method, `${path}/`, key)
      expect([path, answer.statusCode, answer.json().detail]).toEqual([
        path,
        404,
        expect.stringContaining(`There is ${path}, without a slash`),
      ])
    }
  })

  it('refuses an Accept that takes no answer of the route, and names what there is, before it asks for a key', async () => {
    for (const { path, methods: served } of routes.filter((route) => route.path.startsWith('/v1/')))
      for (const method of served.filter((each) => each !== 'HEAD')) {
        const answer = await ask(method as Method, path, { accept: 'text/x-none, application/problem+json' })
        expect([method, path, answer.statusCode, answer.json()]).toEqual([
          method,
          path,
          406,
          expect.objectContaining({ detail: expect.stringMatching(/^The answer is \w+\/[\w-]+/) }),
        ])
      }
    expect((await ask('GET', '/v1/catalogs/1/rows', { accept: 'application/json' })).json().detail).toMatch(
      /application\/x-ndjson/,
    )
    expect((await ask('GET', '/v1/edits/1/images/0', { accept: 'image/gif' })).json().detail).toMatch(
      /image\/png or image\/jpeg or image\/webp/,
    )
  })

  it('refuses a packed body, and says so', async () => {
    const answer = await world.producer.app.inject({
      method: 'POST',
      url: '/v1/edits',
      headers: { ...key, 'content-encoding': 'gzip', 'content-type': 'application/json' },
      payload: Buffer.from('packed'),
    })
    expect(answer.statusCode).toBe(415)
    expect(answer.headers['accept-encoding']).toBe('identity')
    expect(answer.json()).toMatchObject({ detail: expect.stringContaining('Content-Encoding') })
  })

  it('replaces a request id that could do harm', async () => {
    for (const bad of ['', ' ', 'a b', 'a\tb', '<b>', 'é', '-x', 'x'.repeat(129)]) {
      const answer = await ask('GET', '/healthz', { 'x-request-id': bad })
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    }
    expect((await ask('GET', '/healthz', { 'x-request-id': 'x'.repeat(128) })).headers['x-request-id']).toBe(
      'x'.repeat(128),
    )
  })

  it('gives a stream of events its request id, and logs it once at its end', async () => {
    const stream = await openSse(`${world.producer.url}/v1/events`, { ...key, 'x-request-id': 'stream-1' })
    expect(stream.response.headers.get('x-request-id')).toBe('stream-1')
    await stream.next({ all: true })
    expect(logged('stream-1')).toEqual([])
    stream.cut()
    await world.until(async () => logged('stream-1').length > 0)
    expect(logged('stream-1')).toEqual([
      expect.objectContaining({ route: '/v1/events', status: 200, cut: true, producer: 'mine' }),
    ])
  })

  const logged = (requestId: string) =>
    world.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['requestId'] === requestId)

  it('writes one line for a request, without its address, its key and its body', async () => {
    const { url } = world.producer
    const answer = await fetch(`${url}/v1/edits?secret=s3cr3t`, {
      method: 'POST',
      headers: { ...key, 'content-type': 'application/json', 'x-request-id': 'enqueue-1' },
      body: JSON.stringify({ ...fine, prompt: 'nobody may read this' }),
    })
    await answer.text()
    await fetch(`${url}/v1/edits/edit_1`, { headers: { 'x-request-id': 'enqueue-2' } })
    await fetch(`${url}/v1/nothing`, { headers: { 'x-request-id': 'enqueue-3' } })
    await world.until(async () => logged('enqueue-3').length > 0)
    const [, keyId = ''] = key.authorization.split('_')
    expect(logged('enqueue-1')).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        msg: 'request answered',
        requestId: 'enqueue-1',
        method: 'POST',
        route: '/v1/edits',
        status: answer.status,
        ms: expect.any(Number),
        bytes: expect.any(Number),
        keyId,
        producer: 'mine',
      },
    ])
    expect(Number(logged('enqueue-1')[0]?.['bytes'])).toBeGreaterThan(300)
    expect(logged('enqueue-2')).toMatchObject([{ route: '/v1/edits/:id', status: 401 }])
    expect(logged('enqueue-2')[0]).not.toHaveProperty('keyId')
    expect(logged('enqueue-3')).toMatchObject([{ status: 404 }])
    const said = world.lines.filter((line) => line.includes('enqueue-')).join('')
    expect(said).not.toMatch(/s3cr3t|nobody may read|edit_1"|nothing/)
    expect(world.lines.join('')).not.toMatch(/s3cr3t|nobody may read/)
  })

  it('names the request in the lines about its failure', async () => {
    await world.redis.set(`${world.prefix}:edit:edit_broken`, 'broken on purpose')
    const answer = await ask('GET', '/v1/edits/edit_broken', { ...key, 'x-request-id': 'broken-1' })
    expect(answer.statusCode).toBe(500)
    await world.until(async () => logged('broken-1').length > 1)
    expect(logged('broken-1')).toEqual([
      expect.objectContaining({ level: 'error', msg: 'request failed', route: '/v1/edits/:id' }),
      expect.objectContaining({ level: 'warn', msg: 'request answered', status: 500 }),
    ])
  })

  it('answers a HEAD of what goes on for ever at once', async () => {
    for (const path of ['/v1/events', '/v1/catalogs/spring.csv/rows']) {
      const answer = await fetch(`${world.producer.url}${path}`, {
        method: 'HEAD',
        headers: { ...key, accept: 'text/event-stream, application/x-ndjson' },
      })
      expect([path, answer.status, answer.headers.get('content-length')]).toEqual([path, 200, null])
      expect(answer.headers.get('content-type')).toMatch(/^(text\/event-stream|application\/x-ndjson)/)
    }
  })

  it('is lost nowhere: only one place lets the framework go', () => {
    const root = fileURLToPath(new URL('../../../../apps/producer/src/', import.meta.url))
    const places = globSync('**/*.ts', { cwd: root }).filter((path) =>
      /\.hijack\(/.test(readFileSync(`${root}${path}`, 'utf8')),
    )
    expect(places).toEqual(['http/take-over.ts'])
  })

  it('leaves health out of the log while all is well', async () => {
    await fetch(`${world.producer.url}/healthz`, { headers: { 'x-request-id': 'health-1' } })
    await setTimeout(0)
    expect(logged('health-1')).toEqual([])
  })

  it('explains every problem under the anchor of its type', async () => {
    const page = await ask('GET', '/problems')
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'/)
    const document = (await ask('GET', '/openapi.json')).json()
    const codes: string[] = document.components.schemas.Problem.properties.code.enum
    expect(codes.length).toBeGreaterThan(20)
    expect([...page.body.matchAll(/<h2 id="([^"]+)">/g)].map(([, code]) => code)).toEqual(codes)
  })
})
