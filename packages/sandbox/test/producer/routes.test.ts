import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { fine, openProducer, type World } from './open-producer.ts'
import { othersCalls } from './others-calls.ts'
import { servedBy } from './served-by.ts'

/** What the OpenAPI document says of a route, as far as the tests look. */
type Operation = {
  operationId?: string
  summary?: string
  security?: object[]
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> }
  responses: Record<string, { content?: Record<string, unknown> }>
}
type Document = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { examples?: unknown[] }>; securitySchemes: object }
}

describe('every route', () => {
  let world: World
  let document: Document
  let mine: { authorization: string }
  let theirs: { authorization: string }
  const ids: Record<string, string> = {}

  beforeAll(async () => {
    world = await openProducer()
    document = (await world.producer.app.inject({ url: '/openapi.json' })).json()
    mine = await world.keyOf('mine')
    theirs = await world.keyOf('theirs')
    const post = (url: string, payload: object) =>
      world.producer.app.inject({ method: 'POST', url, headers: theirs, payload })
    ids['edit'] = (await post('/v1/edits', fine)).json().id
    ids['batch'] = (await post('/v1/batches', { edits: [fine] })).json().id
    const judged = await post(`/v1/batches/${ids['batch']}/verdicts`, { verdict: 'approved', where: {} })
    ids['operation'] = judged.json().id
    const { id } = (await post('/v1/batches', { catalog: 'theirs.csv', edits: [fine] })).json()
    await world.redis.set(`${world.prefix}:batch:${id}`, 'broken on purpose')
    await world.producer.app.inject({
      method: 'PUT',
      url: '/v1/schedules/theirs',
      headers: theirs,
      payload: {
        cron: '0 0 29 2 *',
        timeZone: 'UTC',
        manifest: 'https://cdn.example.com/a.csv',
        prompt: 'on oak',
      },
    })
    await world.redis.set(`${world.prefix}:schedules:theirs`, 'broken on purpose')
    ids['webhook'] = (await post('/v1/webhooks', { url: 'https://47.95.0.1/hook' })).json().webhook.id
    await world.redis.del(`${world.prefix}:webhooks:theirs`)
    await world.redis.set(`${world.prefix}:webhooks:theirs`, 'broken on purpose')
    const bytes = await sharp({ create: { width: 500, height: 500, channels: 3, background: '#333' } })
      .png()
      .toBuffer()
    ids['sha256'] = createHash('sha256').update(bytes).digest('hex')
    await world.producer.app.inject({
      method: 'PUT',
      url: `/v1/sources/${ids['sha256']}`,
      headers: { ...theirs, 'content-type': 'image/png' },
      payload: bytes,
    })
    await world.producer.app.inject({
      method: 'PUT',
      url: '/v1/event-groups/theirs',
      headers: theirs,
      payload: {},
    })
    const { keyId } = (await post('/v1/console/session', {})).json()
    const sessions = await world.producer.app.inject({ url: '/v1/console/sessions', headers: theirs })
    ids['session'] = sessions.json().sessions[0].id
    await world.redis.set(`${world.prefix}:sessions:${keyId}`, 'broken on purpose')
    await world.redis.set(`${world.prefix}:events:theirs`, 'broken on purpose')
    for (const list of ['held', 'batches', 'singles', 'event-groups'])
      await world.redis.set(`${world.prefix}:${list}:theirs`, 'broken on purpose')
    await world.redis.set(`${world.prefix}:producer:theirs`, 'broken on purpose')
  })
  afterAll(() => world.stop())

  const rows = othersCalls(ids)

  /** What is read by people, and the document itself. */
  const pages = ['get /openapi.json', 'get /problems', 'get /docs', 'get /docs/scalar.js', 'get /console']

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method} ${path}`,
        method,
        path,
        operation,
      })),
    )

  it('is in the table of what others may see', () => {
    expect(
      operations()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(Object.keys(rows).toSorted())
  })

  it('is in the OpenAPI document', () => {
    const served = servedBy(world.producer.app.printRoutes({ commonPrefix: false }))
    expect(served.length).toBeGreaterThan(10)
    const told = new Set([...operations().map(({ name }) => name), ...pages])
    // a HEAD without words of its own is that of its GET
    expect(served.filter((name) => !told.has(name) && !told.has(name.replace('head ', 'get ')))).toEqual([])
  })

  it.each(
    Object.entries(rows).flatMap(([name, row]) => (typeof row === 'string' ? [] : [[name, row] as const])),
  )('shows nothing of another producer: %s', async (name, { url, payload, lines, status }) => {
    const method = name.split(' ', 1)[0]?.toUpperCase() as 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
    const body = lines === true ? JSON.stringify(payload) : payload
    const request = { method, url: url(), ...(body && { payload: body }) }
    const type = lines === true ? { 'content-type': 'application/x-ndjson' } : {}
    const owned = await world.producer.app.inject({ ...request, headers: { ...theirs, ...type } })
    const other = await world.producer.app.inject({ ...request, headers: { ...mine, ...type } })
    expect(other.statusCode).toBe(status)
    expect(owned.statusCode).not.toBe(status)
    // the same words as for what never was
    const told = other.body === '' || status === 200 ? 'There is no such thing.' : other.json().detail
    expect(told).toMatch(
      /^There is no such (edit|batch|operation|picture|schedule|group|webhook|session|thing)\.$/,
    )
  })

  it('needs a key, but for those that say otherwise', async () => {
    for (const { name, method, path, operation } of operations()) {
      const answer = await world.producer.app.inject({
        method: method.toUpperCase() as 'GET',
        url: path.replaceAll(/\{\w+\}/g, 'x'),
      })
      const open = operation.security?.some((way) => Object.keys(way).length === 0) === true
      expect([name, answer.statusCode]).toEqual([name, open ? 200 : 401])
    }
  })

  it('is described: a name, a summary, its answers and its problems', () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(document.components.securitySchemes).toMatchObject({ key: { type: 'http', scheme: 'bearer' } })
    const names = new Set<string>()
    for (const { name, operation } of operations()) {
      expect([name, operation.summary]).toEqual([name, expect.stringMatching(/\w/)])
      names.add(operation.operationId ?? '')
    }
    expect(names.size).toBe(operations().length)
  })

  it('refers only to schemas that are there, and those have examples', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, id]) => id,
    )
    expect(references.length).toBeGreaterThan(5)
    for (const id of references) expect(Object.keys(document.components.schemas)).toContain(id)
    for (const id of ['RowRequest', 'BatchRequest', 'Edit', 'Batch', 'Event', 'Problem', 'Source', 'Model'])
      expect([id, document.components.schemas[id]?.examples?.length]).toEqual([id, 1])
  })

  it('takes the examples of the document as they stand', async () => {
    for (const [url, id] of [
      ['/v1/edits', 'SingleEditRequest'],
      ['/v1/batches', 'BatchRequest'],
    ] as const) {
      const answer = await world.producer.app.inject({
        method: 'POST',
        url,
        headers: mine,
        payload: document.components.schemas[id]?.examples?.[0] as object,
      })
      expect([url, answer.statusCode]).toEqual([url, 202])
    }
  })
})
