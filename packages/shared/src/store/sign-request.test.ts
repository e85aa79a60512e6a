import { S3Client } from '@aws-sdk/client-s3'
import { type Credentials, requestSigner } from './sign-request.ts'

const scope = { signingRegion: 'eu-central-1', signingService: 's3' }
const credentials: Credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'canary-secret' }
const headers = {
  host: 'bucket.example.com:9000',
  'content-length': '2',
  'content-type': 'image/png',
  'if-none-match': '*',
  'user-agent': 'somebody',
  'cache-control': 'max-age=60',
  'x-amz-content-sha256': '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  'x-amz-meta-sha256': '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
}
const request = { method: 'PUT', path: '/bucket/a%20b/%C3%BC.png', headers }
const at = new Date('2026-11-26T03:04:05.678Z')

/** What the SDK's own signer makes of the same request. */
async function bySdk(asked: typeof request, by: Credentials, date: Date) {
  const client = new S3Client({ region: scope.signingRegion, credentials: by })
  const signer = await client.config.signer({
    name: 'sigv4',
    signingRegion: scope.signingRegion,
    signingName: scope.signingService,
    properties: {},
  })
  const whole = { ...asked, protocol: 'https:', hostname: 'bucket.example.com', query: {} }
  const signed = await signer.sign(whole, { ...scope, signingDate: date })
  client.destroy()
  return signed.headers
}

describe('a request that is signed', () => {
  it.each([
    ['plainly', {}, {}, at],
    ['with a token of a session', {}, { sessionToken: 'token' }, at],
    ['with spaces in its headers', { 'x-amz-meta-a': '  two  words\tand more ' }, {}, at],
    ['on another day', {}, {}, new Date('2027-01-01T00:00:00Z')],
    ['by another secret', {}, { secretAccessKey: 'other' }, at],
  ])('has the same headers as by the SDK: %s', async (_how, more, others, date) => {
    const sign = requestSigner()
    // a key is kept from before
    sign(request, credentials, scope, at)
    const asked = { ...request, headers: { ...headers, ...more } }
    const by = { ...credentials, ...others }
    expect(sign(asked, by, scope, date)).toEqual(await bySdk(asked, by, date))
  })
})
