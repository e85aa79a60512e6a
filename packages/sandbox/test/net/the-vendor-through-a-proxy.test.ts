import { createClient, type ClientOptions, type DashScope } from '@restyle/dashscope/client'
import { models } from '@restyle/dashscope/models'
import { readProxies } from '@restyle/shared/net/proxy-settings'
import { type DashScopeSimulator, startDashScope } from '../../src/dashscope/start-dashscope.ts'
import { type ConnectProxy, startConnectProxy } from '../../src/net/connect-proxy.ts'
import { startTls, trustTestCertificate } from './tls.ts'

const model = models['wan2.5-i2i-preview']
const body = model.body(model, { prompt: 'blue', images: ['https://example.com/a.png'], n: 1 })

let vendor: DashScopeSimulator
let tls: Awaited<ReturnType<typeof startTls>>
let proxy: ConnectProxy
let forget: () => void
const clients: DashScope[] = []

beforeAll(() => {
  forget = trustTestCertificate()
})
afterAll(() => forget())

beforeEach(async () => {
  vendor = await startDashScope({ instant: true, quotas: { [model.id]: { submitPerSecond: 1000 } } })
  const port = Number(new URL(vendor.origin).port)
  tls = await startTls(port)
  const host = '127.0.0.1'
  proxy = await startConnectProxy({
    routes: { 'dashscope.example:443': { host, port: tls.port }, 'dashscope.example:80': { host, port } },
    auth: 'user:word',
  })
})

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await proxy.stop()
  await tls.stop()
  await vendor.stop()
})

function open(more: Partial<ClientOptions> = {}, env: Record<string, string> = { HTTPS_PROXY: proxy.url }) {
  const { proxies } = readProxies(env)
  const client = createClient({
    baseUrl: 'https://dashscope.example/api/v1',
    apiKey: 'sk-sandbox',
    deadlines: { submit: 1_000, query: 1_000 },
    proxies,
    ...more,
  })
  clients.push(client)
  return client
}

describe('a vendor whom only a proxy reaches', () => {
  it('is asked through tunnels, one of its own for each submit', async () => {
    const client = open()
    const submits = [await client.submit(model, body), await client.submit(model, body)]
    expect(submits.map(({ kind }) => kind)).toEqual(['accepted', 'accepted'])
    expect(proxy.tunnels).toEqual(['dashscope.example:443', 'dashscope.example:443'])
    const [first] = submits
    const taskId = first?.kind === 'accepted' ? first.taskId : ''
    for (let i = 0; i < 4; i += 1) expect(await client.task(taskId)).toMatchObject({ kind: 'task' })
    // queries keep theirs
    expect(proxy.tunnels.length).toBeLessThanOrEqual(4)
    expect(proxy.forwarded).toEqual([])
  })

  it('is asked through a tunnel over plain http too, so that no proxy sees the key', async () => {
    const client = open({ baseUrl: 'http://dashscope.example/api/v1' }, { HTTP_PROXY: proxy.url })
    expect(await client.submit(model, body)).toMatchObject({ kind: 'accepted' })
    expect([proxy.tunnels, proxy.forwarded]).toEqual([['dashscope.example:80'], []])
  })

  it('is sent nothing where it has become too late, which is asked with the tunnel open', async () => {
    let tunnelsThen = 0
    const mayStart = () => {
      tunnelsThen = proxy.tunnels.length
      return false
    }
    expect(await open().submit(model, body, { mayStart })).toMatchObject({ kind: 'refused', code: 'TooLate' })
    expect([tunnelsThen, vendor.posts.length]).toEqual([1, 0])
  })

  it.each([502, 403, 'silent'] as const)(
    'was surely sent nothing where the proxy answers %s',
    async (how) => {
      proxy.refuseWith(how)
      const outcome = await open().submit(model, body)
      expect(outcome).toMatchObject({ kind: 'refused', code: 'NotSent', action: 'retryLater' })
      expect([proxy.tunnels.length, vendor.posts.length]).toEqual([1, 0])
    },
  )

  it('is given up in time where the proxy opens no tunnel for a query', async () => {
    proxy.refuseWith('silent')
    expect(await open().task('a')).toMatchObject({ kind: 'unanswered', code: 'NoAnswer' })
  })

  it('was surely sent nothing where the proxy wants another password', async () => {
    const outcome = await open({}, { HTTPS_PROXY: proxy.url.replace('word', 'other') }).submit(model, body)
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NotSent' })
    expect(JSON.stringify(outcome)).not.toContain('other')
  })

  it('was surely sent nothing where there is no proxy any more', async () => {
    const outcome = await open({}, { HTTPS_PROXY: 'http://127.0.0.1:1' }).submit(model, body)
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NotSent' })
  })

  it('may have made a task where its answer is lost, and is sent the POST once', async () => {
    vendor.faults.add({ at: 'submit', do: { type: 'reset' } })
    expect(await open().submit(model, body)).toMatchObject({ kind: 'unknown' })
    expect(vendor.posts).toHaveLength(1)
  })

  it('is not asked by itself where a proxy is set', async () => {
    const outcome = await open({}, {}).submit(model, body)
    expect(outcome).toMatchObject({ kind: 'refused', code: 'NotSent' })
    expect(proxy.tunnels).toEqual([])
  })
})

describe('a vendor whom the proxy is not for', () => {
  it.each([
    ['this machine', {}],
    ['a name in NO_PROXY', { NO_PROXY: 'dashscope.example' }],
  ])('is reached directly: %s', async (_, env) => {
    const baseUrl = 'NO_PROXY' in env ? 'http://dashscope.example/api/v1' : vendor.url
    const outcome = await open({ baseUrl }, { HTTP_PROXY: proxy.url, ...env }).submit(model, body)
    expect(outcome.kind).toBe('NO_PROXY' in env ? 'refused' : 'accepted')
    expect(proxy.tunnels).toEqual([])
  })
})
