import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo, LookupFunction } from 'node:net'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { readProxies } from '@restyle/shared/net/proxy-settings'
import { type Dispatcher, request } from 'undici'
import { type ConnectProxy, startConnectProxy } from '../../src/net/connect-proxy.ts'
import { startTls, trustTestCertificate } from './tls.ts'

let server: Server
let tls: Awaited<ReturnType<typeof startTls>>
let proxy: ConnectProxy
let forget: () => void
const agents: Dispatcher[] = []

beforeAll(() => {
  forget = trustTestCertificate()
})
afterAll(() => forget())

beforeEach(async () => {
  server = createServer((_request, response) => response.end('picture')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  tls = await startTls(port)
  const routes = Object.fromEntries(
    ['pictures.example:443', '10.0.0.1:443', 'redis:443', '127.0.0.1:443', 'inner.example:443'].map((to) => [
      to,
      { host: '127.0.0.1', port: tls.port },
    ]),
  )
  proxy = await startConnectProxy({
    routes: { ...routes, 'pictures.example:80': { host: '127.0.0.1', port } },
  })
})

afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()))
  await proxy.stop()
  await tls.stop()
  server.closeAllConnections()
  server.close()
})

const unknown: LookupFunction = (_hostname, _options, callback) =>
  callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
const answering =
  (address: string): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(null, [{ address, family: address.includes(':') ? 6 : 4 }])

async function fetchFrom(url: string, lookup: LookupFunction = unknown, env: Record<string, string> = {}) {
  const { proxies } = readProxies({ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ...env })
  const agent = guardedAgent({ proxies, lookup, connectTimeoutMs: 1_000 })
  agents.push(agent)
  const { body } = await request(url, { dispatcher: agent })
  return body.text()
}

describe('a result behind a proxy', () => {
  it('is fetched by a name that only the proxy knows', async () => {
    expect(await fetchFrom('https://pictures.example/a.png')).toBe('picture')
    expect(await fetchFrom('http://pictures.example/a.png')).toBe('picture')
    expect([proxy.tunnels, proxy.forwarded]).toEqual([['pictures.example:443', 'pictures.example:80'], []])
  })

  it.each([
    ['a stand-in address', '198.18.0.7'],
    ['a public one', '47.95.0.1'],
    ['NAT64', '64:ff9b::2f5f:1'],
  ])('is fetched where our own resolver knows %s', async (_, address) => {
    expect(await fetchFrom('https://pictures.example/a.png', answering(address))).toBe('picture')
  })

  it('is fetched where our own resolver gives no answer', async () => {
    expect(await fetchFrom('https://pictures.example/a.png', () => {})).toBe('picture')
  })

  it.each([
    ['an inner literal', 'https://10.0.0.1/', unknown],
    ['this machine', 'https://127.0.0.1/', unknown],
    ['a name without dots', 'https://redis/', unknown],
    ['a name that we know as an inner one', 'https://inner.example/', answering('10.1.2.3')],
    ['a name that we know as the metadata', 'https://inner.example/', answering('100.100.100.200')],
    ['the metadata behind NAT64', 'https://inner.example/', answering('64:ff9b::a9fe:a9fe')],
  ])('is not asked of %s', async (_, url, lookup) => {
    await expect(fetchFrom(url, lookup)).rejects.toMatchObject({ code: 'ERR_PRIVATE_ADDRESS' })
    expect(proxy.tunnels).toEqual([])
  })

  it('is guarded as ever where NO_PROXY has it fetched directly', async () => {
    const fetched = fetchFrom('https://pictures.example/a.png', answering('127.0.0.1'), {
      NO_PROXY: '.example',
    })
    await expect(fetched).rejects.toMatchObject({ code: 'ERR_PRIVATE_ADDRESS' })
    expect(proxy.tunnels).toEqual([])
  })
})
