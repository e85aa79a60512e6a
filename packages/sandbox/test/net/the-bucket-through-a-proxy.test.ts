import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { proxiedAgents } from '@restyle/shared/net/proxied-agents'
import { readProxies } from '@restyle/shared/net/proxy-settings'
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

it.each(['https', 'http'])(
  'a bucket that only a proxy reaches is written and read over %s',
  async (scheme) => {
    const { proxies } = readProxies({ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url })
    const client = new S3Client({
      endpoint: `${scheme}://bucket.example`,
      region: 'us-east-1',
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler(proxiedAgents(proxies, 8)),
    })
    const object = { Bucket: 'pictures', Key: `${scheme}.txt` }
    await client.send(new PutObjectCommand({ ...object, Body: 'bytes', IfNoneMatch: '*' }))
    const { Body } = await client.send(new GetObjectCommand(object))
    expect(await Body?.transformToString()).toBe('bytes')
    client.destroy()
    const seen = [...proxy.tunnels, ...proxy.forwarded]
    expect(seen.some((to) => to.includes('bucket.example'))).toBe(true)
  },
)
