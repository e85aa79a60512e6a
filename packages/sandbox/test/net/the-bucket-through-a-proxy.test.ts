import { createHash } from 'node:crypto'
import { readProxies } from '@restyle/shared/net/proxy-settings'
import { openStore } from '@restyle/shared/store/store'
import { type ConnectProxy, startConnectProxy } from '../../src/net/connect-proxy.ts'
import { type S3Server, startS3 } from '../../src/s3/start-s3.ts'
import { startTls, trustTestCertificate } from './tls.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
let s3: S3Server
let tls: Awaited<ReturnType<typeof startTls>>
let proxy: ConnectProxy
let forget: () => void

beforeAll(async () => {
  forget = trustTestCertificate()
  s3 = await startS3({ ...credentials, buckets: ['pictures'] })
  const port = Number(new URL(s3.url).port)
  tls = await startTls(port)
  const host = '127.0.0.1'
  proxy = await startConnectProxy({
    routes: { 'bucket.example:443': { host, port: tls.port }, 'bucket.example:80': { host, port } },
  })
})

afterAll(async () => {
  forget()
  await proxy.stop()
  await tls.stop()
  await s3.stop()
})

const open = (endpoint: string) => {
  const { proxies } = readProxies({ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url })
  const options = { ...credentials, bucket: 'pictures', region: 'us-east-1', forcePathStyle: true }
  return openStore({ ...options, endpoint, proxies, requestTimeoutMs: 2_000 })
}

it.each(['https', 'http'])(
  'a bucket that only a proxy reaches is written and read over %s',
  async (scheme) => {
    const store = open(`${scheme}://bucket.example`)
    const bytes = Buffer.from('bytes')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    // the first by the SDK, the second without it
    for (const key of [`${scheme}.txt`, `${scheme}-2.txt`]) {
      const { kind } = await store.putIfAbsent(key, bytes, { contentType: 'text/plain', sha256 })
      expect(kind).toBe('created')
      expect((await store.get(key))?.toString()).toBe('bytes')
    }
    store.close()
    const seen = scheme === 'https' ? proxy.tunnels : proxy.forwarded
    expect(seen.some((to) => to.includes('bucket.example'))).toBe(true)
  },
)

it('a bucket on this machine is reached directly', async () => {
  const before = proxy.tunnels.length + proxy.forwarded.length
  const store = open(s3.url)
  expect(await store.get('nothing')).toBeUndefined()
  store.close()
  expect(proxy.tunnels.length + proxy.forwarded.length).toBe(before)
})
