import { createHash } from 'node:crypto'
import { scopes } from '@restyle/producer/http/scopes'
import sharp from 'sharp'
import { fine, openProducer, type World } from '../producer/open-producer.ts'
import type { Call } from './call.ts'
import { json, rows, schedule } from './calls.ts'
import { type Document, operationsOf } from './document.ts'

/*
 * Calls every route as it is meant, and in the usual wrong ways. That each answer is as documented is looked at by `inject`
 * itself (compare-answers.ts): a status, a header or a field that the document does not have throws there.
 */

let world: World
let document: Document
let headers: { authorization: string }
const ids: Record<string, string> = {}
let picture: Buffer

beforeAll(async () => {
  world = await openProducer()
  headers = await world.keyOf('mine', scopes)
  document = (await send('get', '/openapi.json')).json()
  // its first look at the bucket may take a while
  await world.until(async () => (await send('get', '/readyz')).statusCode === 200, 45_000)
  for (const name of ['edit', 'waits']) ids[name] = await made('/v1/edits', fine)
  ids['batch'] = await made('/v1/batches', { edits: [fine, fine], catalog: 'a.csv' })
  for (const name of ['open', 'closed', 'canceled']) ids[name] = await made('/v1/batches', { open: true })
  ids['operation'] = await made(`/v1/batches/${ids['batch']}/verdicts`, { verdict: 'approved', where: {} })
  await send('put', '/v1/schedules/nightly', { payload: schedule })
  await send('put', '/v1/schedules/old', { payload: schedule })
  ids['key'] = (await send('post', '/v1/keys', { payload: { producer: 'mine' } })).json<{ id: string }>().id
  await send('post', '/v1/console/session')
  const { sessions } = (await send('get', '/v1/console/sessions')).json<{ sessions: { id: string }[] }>()
  ids['session'] = sessions[0]?.id ?? ''
  for (const name of ['old', 'warehouse']) await send('put', `/v1/event-groups/${name}`, { payload: {} })
  for (const name of ['webhook', 'stopped']) {
    const answer = await send('post', '/v1/webhooks', { payload: { url: 'https://47.95.0.1/hook' } })
    ids[name] = answer.json<{ webhook: { id: string } }>().webhook.id
  }
  await send('patch', `/v1/webhooks/${ids['stopped']}`, { payload: { enabled: false } })
  const card = {
    id: 'l1',
    name: 'l1',
    model: 'wan2.5-i2i-preview',
    region: 'beijing',
    running: 5,
    submitPerSecond: 5,
  }
  await world.redis.hset(`${world.prefix}:lanes`, 'l1', JSON.stringify(card))
  const background = { width: 500, height: 500, channels: 3, background: '#333' } as const
  picture = await sharp({ create: background }).png().toBuffer()
  ids['sha256'] = createHash('sha256').update(picture).digest('hex')
})
afterAll(() => world.stop())

async function made(url: string, payload: object): Promise<string> {
  const answer = await send('post', url, { payload })
  expect([answer.statusCode, answer.body]).toEqual([202, answer.body])
  return answer.json<{ id: string }>().id
}

function send(
  method: string,
  url: string,
  { payload, headers: more = {} }: Omit<Call, 'status' | 'url'> = {},
) {
  const type = typeof payload === 'object' && !Buffer.isBuffer(payload) ? json : {}
  return world.producer.app.inject({
    method: method.toUpperCase() as 'GET',
    url,
    headers: { ...headers, ...type, ...more },
    ...(payload === undefined
      ? {}
      : {
          payload: Buffer.isBuffer(payload)
            ? payload
            : typeof payload === 'string'
              ? payload
              : JSON.stringify(payload),
        }),
  })
}

const filled = (url: string): string => url.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'none')

describe('every route answers as it is documented', () => {
  it('and is in the table', () => {
    expect(Object.keys(rows).toSorted()).toEqual(
      operationsOf(document)
        .map(({ name }) => name)
        .toSorted(),
    )
  })

  it.each(Object.entries(rows))('when it is called as it is meant, and not: %s', async (name, calls) => {
    const [method = '', path = ''] = name.split(' ')
    for (const { url = path, payload, status, headers: more = {} } of calls) {
      const body = payload === 'picture' ? picture : payload
      const answer = await send(method, filled(url), { payload: body, headers: more })
      expect([url, more, answer.statusCode, answer.body]).toEqual([url, more, status, answer.body])
    }
  })

  it.each(Object.keys(rows))('to who may not: %s', async (name) => {
    const { method, path, operation } = operationOf(name)
    const [security = {}] = operation.security ?? document.security
    if (security['key'] === undefined) return
    const url = filled(path)
    expect((await send(method, url, { headers: { authorization: 'Bearer none' } })).statusCode).toBe(401)
    const needed = operation['x-scopes'] ?? []
    if (needed.length === 0) return
    const lesser = await world.keyOf(
      'mine',
      scopes.filter((scope) => !needed.includes(scope)),
    )
    expect((await send(method, url, { headers: lesser })).statusCode).toBe(403)
  })

  it.each(Object.keys(rows))('to what cannot be read: %s', async (name) => {
    const { method, path, operation } = operationOf(name)
    const url = filled(path)
    const body = operation.requestBody?.content
    const strange = { 'content-type': 'application/x-www-form-urlencoded' }
    const calls: (Call & { applies: boolean })[] = [
      {
        url: `${url}?colour=red`,
        status: 400,
        applies: (operation.parameters ?? []).some((parameter) => parameter.in === 'query'),
      },
      { payload: 'a=b', headers: strange, status: 415, applies: body !== undefined },
      { payload: '{"a', headers: json, status: 400, applies: body?.['application/json'] !== undefined },
    ]
    for (const { url: other = url, payload, headers: more, status } of calls.filter(
      ({ applies }) => applies,
    )) {
      const answer = await send(method, other, { payload, ...(more === undefined ? {} : { headers: more }) })
      expect([other, answer.statusCode, answer.body]).toEqual([other, status, answer.body])
    }
    expect(calls).toHaveLength(3)
  })
})

function operationOf(name: string) {
  const found = operationsOf(document).find((each) => each.name === name)
  if (found === undefined) throw new Error(`${name} is not in the document`)
  return found
}

describe('what cannot be done now', () => {
  it('is told as documented, with when to ask again', async () => {
    world.server.s3.faults.down(true)
    try {
      const answer = await send('post', '/v1/edits', { payload: fine })
      expect([answer.statusCode, Number(answer.headers['retry-after']) > 0]).toEqual([503, true])
    } finally {
      world.server.s3.faults.down(false)
    }
  })
})
