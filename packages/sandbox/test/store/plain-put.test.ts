import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { env } from 'node:process'
import { openStore, type Store } from '@restyle/shared/store/store'
import { credentials, sha256 } from './bucket-world.ts'

const bytes = Buffer.from('{}')
const facts = { contentType: 'application/json', sha256: sha256(bytes) }

const servers: Server[] = []
const stores: Store[] = []
const untouched = { ...env }

const awsNames = () => Object.keys(env).filter((name) => name.startsWith('AWS_'))

afterEach(() => {
  for (const store of stores.splice(0)) store.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  for (const name of awsNames()) delete env[name]
  Object.assign(env, untouched)
})

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A store that takes everything but what `refuses` says, with this status, and tells the headers of each put. */
async function openTaking(
  refuses: (headers: IncomingHttpHeaders) => boolean,
  by: object = credentials,
  status = 403,
) {
  const seen: IncomingHttpHeaders[] = []
  const endpoint = await serve((request, response) => {
    seen.push(request.headers)
    const refused = refuses(request.headers)
    const body = refused ? '<Error><Code>AccessDenied</Code></Error>' : ''
    request.resume().on('end', () => response.writeHead(refused ? status : 200).end(body))
  })
  const store = openStore({ ...by, endpoint, region: 'us-east-1', bucket: 'bucket', forcePathStyle: true })
  stores.push(store)
  return { seen, put: (key: string) => store.putIfAbsent(key, bytes, facts) }
}

const bySdk = (headers: IncomingHttpHeaders): boolean => 'amz-sdk-request' in headers

it('only the first put of a store goes through the SDK, and all say who sends them', async () => {
  const { seen, put } = await openTaking(() => false)
  for (const key of ['a', 'b', 'c']) expect(await put(key)).toEqual({ kind: 'created' })
  expect(seen.map(bySdk)).toEqual([true, false, false])
  expect(new Set(seen.map((headers) => headers['user-agent'])).size).toBe(1)
  expect(seen[2]?.['user-agent']).toContain('aws-sdk-js')
})

it('a later put has the same headers as the SDK would send, but its own', async () => {
  const { seen, put } = await openTaking(() => false)
  for (const key of ['a', 'b']) await put(key)
  const told = seen.map((headers) =>
    Object.entries(headers).filter(
      ([name]) => !/^(amz-sdk-|x-amz-user-agent|x-amz-date|authorization)/.test(name),
    ),
  )
  expect(Object.fromEntries(told[1] ?? [])).toEqual(Object.fromEntries(told[0] ?? []))
})

it('a store that refuses what only the SDK knows how to send is left to the SDK', async () => {
  const { seen, put } = await openTaking((headers) => !bySdk(headers))
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) expect(await put(key)).toEqual({ kind: 'created' })
  expect(seen.filter((headers) => !bySdk(headers))).toHaveLength(3)
})

it.each([
  ['is busy for a while', 503, 5],
  ['refuses many at a time, once', 403, 8],
])('a store that %s gets plain puts again', async (_how, status, refusals) => {
  let left = 0
  const { seen, put } = await openTaking((headers) => !bySdk(headers) && left-- > 0, credentials, status)
  await put('first')
  left = refusals
  const keys = Array.from({ length: refusals }, (_, i) => `at-once-${i}`)
  const outcomes = await Promise.all(keys.map((key) => put(key)))
  expect(outcomes.every(({ kind }) => kind === 'created')).toBe(true)
  const before = seen.length
  await put('last')
  expect(seen.slice(before).map(bySdk)).toEqual([false])
})

it('credentials that end soon are asked for again, and their token is signed', async () => {
  let asked = 0
  const role = await serve((_request, response) => {
    asked += 1
    const credential = {
      AccessKeyId: `AKIAROLE${asked}`,
      SecretAccessKey: 'secret',
      Token: `token-${asked}`,
      Expiration: new Date(Date.now() + 20_000).toISOString(),
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(credential))
  })
  for (const name of awsNames()) delete env[name]
  env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = `${role}/role`
  const { seen, put } = await openTaking(() => false, {})
  for (const key of ['a', 'b', 'c']) await put(key)
  const tokens = seen.map((headers) => headers['x-amz-security-token'])
  expect(tokens[2]).toMatch(/^token-\d+$/)
  expect(tokens[2]).not.toBe(tokens[1])
  expect(seen[2]?.authorization).toContain('x-amz-security-token')
  expect(bySdk(seen[2] ?? {})).toBe(false)
})
