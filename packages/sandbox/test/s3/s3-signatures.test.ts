import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { startS3 } from '../../src/s3/start-s3.ts'
import type { S3Server } from '../../src/s3/start-s3.ts'

// the worked examples of "Signature Calculations for the Authorization Header" in the Amazon S3 API reference
const account = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const then = Date.parse('2013-05-24T00:00:00Z')

interface Example {
  payload: string
  signedHeaders: string
  signature: string
  headers: Record<string, string>
  /** Signatures of 64 KiB of `a`, 1 KiB of `a`, and the end. */
  chunks: [string, string, string]
  trailer: string
}

const plain: Example = {
  payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  signedHeaders:
    'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
  signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  headers: { 'content-length': '66824' },
  chunks: [
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ],
  trailer: '',
}

const withTrailer: Example = {
  payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  signedHeaders:
    'content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer',
  signature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
  headers: { 'x-amz-trailer': 'x-amz-checksum-crc32c' },
  chunks: [
    'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
    '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
    '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
  ],
  trailer:
    'x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
}

/** Sends an example, after a change to its framed body. */
async function send(
  s3: S3Server,
  example: Example,
  change = (framed: string): string => framed,
): Promise<string> {
  const { payload, signedHeaders, signature, headers, chunks, trailer } = example
  const data = ['a'.repeat(65_536), 'a'.repeat(1024), '']
  const framed = data
    .map(
      (chunk, index) =>
        `${chunk.length.toString(16)};chunk-signature=${chunks[index]}\r\n${chunk}${chunk && '\r\n'}`,
    )
    .join('')
  const credential = `${account.accessKeyId}/20130524/us-east-1/s3/aws4_request`
  const put = request(`${s3.url}/examplebucket/chunkObject.txt`, {
    method: 'PUT',
    headers: {
      host: 's3.amazonaws.com',
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': payload,
      'x-amz-date': '20130524T000000Z',
      'x-amz-decoded-content-length': '66560',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${signedHeaders},Signature=${signature}`,
    },
  })
  put.end(change(`${framed}${trailer}\r\n`))
  const [reply] = await once(put, 'response')
  return `${reply.statusCode} ${/<Code>(\w+)</.exec(await text(reply))?.[1] ?? ''}`.trim()
}

describe('S3 signatures', () => {
  let s3: S3Server

  beforeEach(async () => {
    s3 = await startS3({ ...account, buckets: ['examplebucket'], now: () => then })
  })

  afterEach(async () => await s3.stop())

  it.each([
    ['signed chunks', plain],
    ['signed chunks and a signed trailer', withTrailer],
  ])("takes Amazon's example of %s", async (_, example) => {
    expect(await send(s3, example)).toBe('200')
    expect(s3.objects('examplebucket')).toMatchObject([{ key: 'chunkObject.txt', size: 66_560 }])
  })

  it.each([
    ['the request signature', { ...plain, signature: 'f'.repeat(64) }, undefined],
    ['a chunk', plain, (framed: string) => framed.replace('aaaa\r\n0;', 'aaab\r\n0;')],
    ['a chunk signature', plain, (framed: string) => framed.replace('0055627c', '0055627d')],
    ['the last chunk signature', plain, (framed: string) => framed.replace('b6c6ea8a', 'b6c6ea8b')],
    ['the trailer', withTrailer, (framed: string) => framed.replace('sOO8', 'sOO9')],
    ['the trailer signature', withTrailer, (framed: string) => framed.replace('d81f82fc', 'd81f82fd')],
  ])('refuses the example when %s was changed', async (_, example, change) => {
    expect(await send(s3, example, change)).toBe('403 SignatureDoesNotMatch')
    expect(s3.objects('examplebucket')).toEqual([])
  })

  it('refuses a header of S3 that nobody signed', async () => {
    expect(await send(s3, { ...plain, headers: { ...plain.headers, 'x-amz-meta-a': 'b' } })).toBe(
      '403 AccessDenied',
    )
  })

  it('refuses signatures of another region', async () => {
    const elsewhere = await startS3({
      ...account,
      region: 'eu-west-1',
      buckets: ['examplebucket'],
      now: () => then,
    })
    expect(await send(elsewhere, plain)).toBe('400 AuthorizationHeaderMalformed')
    await elsewhere.stop()
  })

  it('refuses an example fifteen minutes after its time, and not before', async () => {
    let now = then + 900_000
    const later = await startS3({ ...account, buckets: ['examplebucket'], now: () => now })
    expect(await send(later, plain)).toBe('200')
    now += 1
    expect(await send(later, plain)).toBe('403 RequestTimeTooSkewed')
    await later.stop()
  })
})
