import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { fine, openProducer, type World } from './open-producer.ts'
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
    await world.redis.set(`${world.prefix}:events:theirs`, 'broken on purpose')
    for (const list of ['held', 'batches', 'singles', 'event-groups'])
      await world.redis.set(`${world.prefix}:${list}:theirs`, 'broken on purpose')
    await world.redis.set(`${world.prefix}:producer:theirs`, 'broken on purpose')
  })
  afterAll(() => world.stop())

  /** What another's key gets: the answer's status, and whether the answer may hold anything. A new route needs a row. */
  const rows: Record<
    string,
    { url: () => string; payload?: object; lines?: true; status: number } | 'creates' | 'holds nobody’s'
  > = {
    'post /v1/edits': 'creates',
    'get /v1/edits/{id}': { url: () => `/v1/edits/${ids['edit']}`, status: 404 },
    'post /v1/batches': 'creates',
    'get /v1/batches/{id}': { url: () => `/v1/batches/${ids['batch']}`, status: 404 },
    'patch /v1/batches/{id}': {
      url: () => `/v1/batches/${ids['batch']}`,
      payload: { priority: 9 },
      status: 404,
    },
    'get /v1/batches/{id}/edits': { url: () => `/v1/batches/${ids['batch']}/edits`, status: 404 },
    'get /v1/batches/{id}/results': { url: () => `/v1/batches/${ids['batch']}/results`, status: 404 },
    'get /v1/batches/{id}/files': { url: () => `/v1/batches/${ids['batch']}/files`, status: 404 },
    'get /v1/edits/{id}/images/{index}': { url: () => `/v1/edits/${ids['edit']}/images/0`, status: 404 },
    'get /v1/edits/{id}/links': { url: () => `/v1/edits/${ids['edit']}/links`, status: 404 },
    'get /v1/batches/{id}/rejects': { url: () => `/v1/batches/${ids['batch']}/rejects`, status: 404 },
    'put /v1/batches/{id}/rows/{first}': {
      url: () => `/v1/batches/${ids['batch']}/rows/1`,
      payload: fine,
      lines: true,
      status: 404,
    },
    'post /v1/batches/{id}/close': {
      url: () => `/v1/batches/${ids['batch']}/close`,
      payload: { total: 1 },
      status: 404,
    },
    // their stream and their lists would break the page, if they were read
    'get /v1/events': { url: () => '/v1/events', status: 200 },
    'get /v1/event-groups': { url: () => '/v1/event-groups', status: 200 },
    'put /v1/event-groups/{name}': 'creates',
    'get /v1/event-groups/{name}': { url: () => '/v1/event-groups/theirs', status: 404 },
    'delete /v1/event-groups/{name}': { url: () => '/v1/event-groups/theirs', status: 404 },
    'post /v1/event-groups/{name}/pull': {
      url: () => '/v1/event-groups/theirs/pull',
      payload: {},
      status: 404,
    },
    'post /v1/event-groups/{name}/ack': {
      url: () => '/v1/event-groups/theirs/ack',
      payload: { receipts: ['1-1.1'] },
      status: 404,
    },
    'post /v1/event-groups/{name}/return': {
      url: () => '/v1/event-groups/theirs/return',
      payload: { receipts: ['1-1.1'] },
      status: 404,
    },
    'post /v1/event-groups/{name}/extend': {
      url: () => '/v1/event-groups/theirs/extend',
      payload: { receipts: ['1-1.1'] },
      status: 404,
    },
    'get /v1/event-groups/{name}/dead': { url: () => '/v1/event-groups/theirs/dead', status: 404 },
    'post /v1/event-groups/{name}/dead/retry': {
      url: () => '/v1/event-groups/theirs/dead/retry',
      payload: {},
      status: 404,
    },
    'post /v1/event-groups/{name}/dead/drop': {
      url: () => '/v1/event-groups/theirs/dead/drop',
      payload: {},
      status: 404,
    },
    'get /v1/batches': { url: () => '/v1/batches', status: 200 },
    'get /v1/catalogs/{name}': { url: () => '/v1/catalogs/theirs.csv', status: 200 },
    'get /v1/catalogs/{name}/rows': { url: () => '/v1/catalogs/theirs.csv/rows', status: 200 },
    'get /v1/edits': { url: () => '/v1/edits', status: 200 },
    'get /v1/reviews': { url: () => '/v1/reviews', status: 200 },
    'post /v1/edits/{id}/resolution': {
      url: () => `/v1/edits/${ids['edit']}/resolution`,
      payload: { action: 'drop' },
      status: 404,
    },
    'post /v1/batches/{id}/cancel': { url: () => `/v1/batches/${ids['batch']}/cancel`, status: 404 },
    'post /v1/batches/{id}/pause': { url: () => `/v1/batches/${ids['batch']}/pause`, status: 404 },
    'post /v1/batches/{id}/resume': { url: () => `/v1/batches/${ids['batch']}/resume`, status: 404 },
    'post /v1/batches/{id}/retry': {
      url: () => `/v1/batches/${ids['batch']}/retry`,
      payload: {},
      status: 404,
    },
    'get /v1/edits/{id}/takes': { url: () => `/v1/edits/${ids['edit']}/takes`, status: 404 },
    'post /v1/edits/{id}/cancel': { url: () => `/v1/edits/${ids['edit']}/cancel`, status: 404 },
    'post /v1/edits/{id}/pause': { url: () => `/v1/edits/${ids['edit']}/pause`, status: 404 },
    'post /v1/edits/{id}/resume': { url: () => `/v1/edits/${ids['edit']}/resume`, status: 404 },
    // theirs would break it, if it were read
    'get /v1/usage': { url: () => '/v1/usage', status: 200 },
    'get /v1/producer': { url: () => '/v1/producer', status: 200 },
    'post /v1/producer/pause': { url: () => '/v1/producer/pause', status: 200 },
    'post /v1/producer/resume': { url: () => '/v1/producer/resume', status: 200 },
    // of the installation, for keys with the scope `admin`
    'get /v1/lanes': 'holds nobody’s',
    'post /v1/lanes/{name}/pause': 'holds nobody’s',
    'post /v1/lanes/{name}/resume': 'holds nobody’s',
    'get /v1/producers': 'holds nobody’s',
    'get /v1/producers/{name}': 'holds nobody’s',
    'patch /v1/producers/{name}': 'holds nobody’s',
    'put /v1/sources/{sha256}': 'creates',
    'get /v1/sources/{sha256}': { url: () => `/v1/sources/${ids['sha256']}`, status: 404 },
    'head /v1/sources/{sha256}': { url: () => `/v1/sources/${ids['sha256']}`, status: 404 },
    // their list would break it, if it were read
    'get /v1/schedules': { url: () => '/v1/schedules', status: 200 },
    'get /v1/schedules/{name}': { url: () => '/v1/schedules/theirs', status: 404 },
    'get /v1/schedules/{name}/runs': { url: () => '/v1/schedules/theirs/runs', status: 404 },
    'put /v1/schedules/{name}': 'creates',
    'post /v1/schedules/{name}/pause': { url: () => '/v1/schedules/theirs/pause', status: 404 },
    'post /v1/schedules/{name}/resume': { url: () => '/v1/schedules/theirs/resume', status: 404 },
    'post /v1/schedules/{name}/run': { url: () => '/v1/schedules/theirs/run', status: 404 },
    'delete /v1/schedules/{name}': { url: () => '/v1/schedules/theirs', status: 404 },
    // of the installation, for keys with the scope `admin`
    'get /v1/keys': 'holds nobody’s',
    'post /v1/keys': 'holds nobody’s',
    'get /v1/keys/{id}': 'holds nobody’s',
    'delete /v1/keys/{id}': 'holds nobody’s',
    'post /v1/keys/{id}/rotate': 'holds nobody’s',
    // the key of the request
    'get /v1/key': 'holds nobody’s',
    'post /v1/key/rotate': 'holds nobody’s',
    'post /v1/webhooks': 'creates',
    // their list would break it, if it were read
    'get /v1/webhooks': { url: () => '/v1/webhooks', status: 200 },
    'get /v1/webhooks/{id}': { url: () => `/v1/webhooks/${ids['webhook']}`, status: 404 },
    'patch /v1/webhooks/{id}': {
      url: () => `/v1/webhooks/${ids['webhook']}`,
      payload: { description: 'ours' },
      status: 404,
    },
    'post /v1/webhooks/{id}/rotate': {
      url: () => `/v1/webhooks/${ids['webhook']}/rotate`,
      payload: {},
      status: 404,
    },
    'post /v1/webhooks/{id}/test': { url: () => `/v1/webhooks/${ids['webhook']}/test`, status: 404 },
    'get /v1/webhooks/{id}/deliveries': {
      url: () => `/v1/webhooks/${ids['webhook']}/deliveries`,
      status: 404,
    },
    'post /v1/webhooks/{id}/replay': {
      url: () => `/v1/webhooks/${ids['webhook']}/replay`,
      payload: { skipped: true },
      status: 404,
    },
    'delete /v1/webhooks/{id}': { url: () => `/v1/webhooks/${ids['webhook']}`, status: 404 },
    'get /v1/models': 'holds nobody’s',
    // how long others keep the lanes busy is in its times, and not who they are
    'post /v1/forecasts': 'holds nobody’s',
    'get /healthz': 'holds nobody’s',
    'get /readyz': 'holds nobody’s',
  }

  /** What is read by people, and the document itself. */
  const pages = ['get /openapi.json', 'get /problems', 'get /docs', 'get /docs/scalar.js']

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
    expect(told).toMatch(/^There is no such (edit|batch|picture|schedule|group|webhook|thing)\.$/)
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
