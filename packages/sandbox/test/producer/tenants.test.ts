import { createHash } from 'node:crypto'
import fc from 'fast-check'
import sharp from 'sharp'
import { type Call, callsOf, type Named, strangersOf } from './calls-of-document.ts'
import { fine, openProducer, type World } from './open-producer.ts'

/*
 * Two producers on one installation. Every route of the document is called with what belongs to the other: the answer is that
 * for what never was, holds nothing of the other's, and changes nothing there.
 */

/** A producer, all that can be named of it, and a word that is in everything it has said. */
type Tenant = { name: string; word: string; headers: { authorization: string }; named: Named }

let world: World
let calls: readonly Call[]
let tenants: { north: Tenant; south: Tenant }

beforeAll(async () => {
  world = await openProducer()
  const document = (await world.producer.app.inject({ url: '/openapi.json' })).json()
  calls = callsOf(document)
  tenants = { north: await settle('north'), south: await settle('south') }
})
afterAll(() => world.stop())

type Asked = { method: string; url: string; payload?: object | string | Buffer; type?: string }

const ask = async ({ method, url, payload, type }: Asked, headers: Record<string, string>) => {
  const answer = await world.producer.app.inject({
    method: method as 'GET',
    url,
    headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: answer.statusCode, body: answer.body, headers: JSON.stringify(answer.headers) }
}

/** Gives a producer something of every kind. */
async function settle(name: string): Promise<Tenant> {
  const word = `secret-of-${name}`
  const headers = await world.keyOf(name)
  const send = async (method: string, url: string, payload: object, more: Partial<Asked> = {}) => {
    const asked = { method, url, payload, ...more }
    const said = await ask(asked, {
      ...headers,
      'idempotency-key': `${method} ${url} ${JSON.stringify(payload).length}`,
    })
    if (said.status >= 300) throw new Error(`${method} ${url}: ${said.status} ${said.body}`)
    return JSON.parse(said.body)
  }
  const row = { ...fine, prompt: `${word} on oak`, key: word, metadata: { word } }
  const edit = await send('POST', '/v1/edits', row)
  const ended = await send('POST', '/v1/edits', { ...row, key: `${word}-ended` })
  await send('POST', `/v1/edits/${ended.id}/cancel`, {})
  const catalog = `${word}.csv`
  const batch = await send('POST', '/v1/batches', { name: word, catalog, edits: [row] })
  const judged = { verdict: 'approved', where: {} }
  const operation = await send('POST', `/v1/batches/${batch.id}/verdicts`, judged)
  const open = await send('POST', '/v1/batches', { open: true, name: `${word} open` })
  // names that the other may take for things of its own
  const [nightly, group] = [`${name}-night`, `${name}-group`]
  await send('PUT', `/v1/schedules/${nightly}`, {
    cron: '0 0 29 2 *',
    timeZone: 'UTC',
    manifest: 'https://cdn.example.com/a.csv',
    prompt: word,
  })
  const shade = name === 'north' ? '#311' : '#133'
  const bytes: Buffer = await sharp({ create: { width: 500, height: 500, channels: 3, background: shade } })
    .png()
    .toBuffer()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await send('PUT', `/v1/sources/${sha256}`, bytes, { type: 'image/png' })
  const has = (route: string) => calls.some((call) => call.name === route)
  if (has('put /v1/event-groups/{name}')) await send('PUT', `/v1/event-groups/${group}`, {})
  const hook = { url: `https://1.1.1.1/${word}` }
  const webhooks = has('post /v1/webhooks') ? [(await send('POST', '/v1/webhooks', hook)).webhook.id] : []
  const { cursor } = JSON.parse((await ask({ method: 'GET', url: '/v1/events?cursor=now' }, headers)).body)
  await send('POST', '/v1/console/session', {})
  const { sessions } = JSON.parse((await ask({ method: 'GET', url: '/v1/console/sessions' }, headers)).body)
  const keyId = /rk_([^_]+)_/.exec(headers.authorization)?.[1] ?? ''
  return {
    name,
    word,
    headers,
    named: {
      edits: [edit.id, ended.id, `${batch.id}-0`],
      batches: [batch.id, open.id],
      catalogs: [catalog],
      schedules: [nightly],
      sources: [sha256],
      keys: [keyId],
      operations: [operation.id],
      producers: [name],
      lanes: ['cn'],
      webhooks,
      'event-groups': [group],
      sessions: [sessions[0].id],
      cursors: [cursor],
    },
  }
}

/** All that a producer sees of its own. */
async function viewOf({ headers, named }: Tenant): Promise<string> {
  const urls = [
    ...named.edits.flatMap((id) => [`/v1/edits/${id}`, `/v1/edits/${id}/takes`]),
    ...named.batches.flatMap((id) => [`/v1/batches/${id}/edits`, `/v1/batches/${id}/results`]),
    ...named.schedules.map((name) => `/v1/schedules/${name}`),
    ...named.sources.map((sha256) => `/v1/sources/${sha256}`),
    '/v1/edits',
    '/v1/batches',
    '/v1/schedules',
    '/v1/reviews',
    '/v1/producer',
    '/v1/events',
    '/v1/usage',
  ]
  const views = await Promise.all(urls.map((url) => ask({ method: 'GET', url }, headers)))
  return views.map(({ status, body }, i) => `${urls[i]} ${status} ${body}`).join('\n')
}

/** What stands in an answer but was not in the request, so that whoever asked has learnt it. */
const learnt = (said: string, sent: string): string =>
  sent
    .split(/[^\w.-]+/)
    .filter((part) => part.length > 3)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, part) => rest.replaceAll(part, ''), said)

/** An answer without what is different in each: names that were asked for, times and request ids. */
const shape = (said: string, names: readonly string[]): string =>
  names
    .reduce((rest, name) => rest.replaceAll(name, '*'), said)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')
    .replaceAll(/"instance":"[^"]*"/g, '')

/** Routes whose names are apart for each producer: the same name is another thing. */
const ownNames = [
  'get /v1/catalogs/{name}',
  'get /v1/catalogs/{name}/rows',
  'put /v1/schedules/{name}',
  'put /v1/event-groups/{name}',
  'put /v1/sources/{sha256}',
]

const chosen = (call: Call, of: Named, pick: number): Asked & { names: string[] } => call.fill(of, pick)

describe('two producers', () => {
  it('can both be asked for on every route of the document that names something', () => {
    expect(calls.length).toBeGreaterThan(40)
    expect(
      calls.filter(({ unknown }) => unknown.length > 0).map(({ name, unknown }) => [name, unknown]),
    ).toEqual([])
  })

  it('never see, nor change, what is the other’s: any calls in any order', async () => {
    const before = await viewOf(tenants.south)
    const any = fc.record({ call: fc.constantFrom(...calls), pick: fc.nat(1_000) })
    await fc.assert(
      fc.asyncProperty(fc.array(any, { minLength: 5, maxLength: 15 }), async (sequence) => {
        for (const { call, pick } of sequence) {
          const asked = chosen(call, tenants.south.named, pick)
          const said = await ask(asked, tenants.north.headers)
          const sent = `${decodeURIComponent(asked.url)} ${JSON.stringify(asked.payload ?? '')}`
          const told = learnt(`${said.body} ${said.headers}`, sent)
          for (const secret of [
            tenants.south.word,
            ...tenants.south.named.edits,
            ...tenants.south.named.batches,
          ])
            if (told.includes(secret)) throw new Error(`${call.name} told ${secret}: ${said.body}`)
          if (call.isAdmin && said.status !== 403) throw new Error(`${call.name} answered ${said.status}`)
        }
      }),
      { numRuns: 40 },
    )
    expect(await viewOf(tenants.south)).toBe(before)
  })

  it('are answered the same for what is the other’s and for what never was', async () => {
    // the test above may have made groups of these names for north
    for (const group of tenants.south.named['event-groups'])
      await ask({ method: 'DELETE', url: `/v1/event-groups/${group}` }, tenants.north.headers)
    for (const call of calls.filter(({ kinds }) => kinds.length > 0)) {
      const strangers = strangersOf(tenants.south.named)
      for (let pick = 0; pick < 3; pick += 1) {
        const [theirs, nobodys] = [chosen(call, tenants.south.named, pick), chosen(call, strangers, pick)]
        const told = await ask(theirs, tenants.north.headers)
        const untold = await ask(nobodys, tenants.north.headers)
        expect([call.name, told.status, shape(told.body, theirs.names)]).toEqual([
          call.name,
          untold.status,
          shape(untold.body, nobodys.names),
        ])
        const apart = ownNames.includes(call.name) || call.kinds.includes('event-groups')
        if (told.status < 300 && !apart)
          throw new Error(`${call.name} answered ${told.status} to what is another's`)
      }
    }
  })

  it('learn nothing of an upload by asking for an edit of its digest', async () => {
    const edit = (digest: string) =>
      ask(
        { method: 'POST', url: '/v1/edits', payload: { ...fine, images: [`sha256:${digest}`] } },
        tenants.north.headers,
      )
    const [uploaded = ''] = tenants.south.named.sources
    // one that the test above may not have uploaded for north
    const nobodys = 'f'.repeat(64)
    const [theirs, none] = [await edit(uploaded), await edit(nobodys)]
    expect([theirs.status, shape(theirs.body, [uploaded])]).toEqual([422, shape(none.body, [nobodys])])
    const own = await ask(
      { method: 'POST', url: '/v1/edits', payload: { ...fine, images: [`sha256:${uploaded}`] } },
      tenants.south.headers,
    )
    expect(own.status).toBe(202)
  })

  it('may use one Idempotency-Key, each for its own', async () => {
    const post = async ({ headers, word }: Tenant) =>
      JSON.parse(
        (
          await ask(
            { method: 'POST', url: '/v1/edits', payload: { ...fine, prompt: word } },
            { ...headers, 'idempotency-key': 'the same' },
          )
        ).body,
      )
    const [north, south] = [await post(tenants.north), await post(tenants.south)]
    expect(north.id).not.toBe(south.id)
    expect([north.prompt, south.prompt]).toEqual([tenants.north.word, tenants.south.word])
  })
})
