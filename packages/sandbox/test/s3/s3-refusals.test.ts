import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { startS3 } from '../../src/s3/start-s3.ts'
import type { S3Server } from '../../src/s3/start-s3.ts'
import { clientFor, refusal } from './contract-server.ts'

const account = { accessKeyId: 'AKREFUSE', secretAccessKey: 'refuse-secret' }
const at = { Bucket: 'images', Key: 'a' }

describe('S3 refusals', () => {
  let s3: S3Server
  let client: S3Client

  beforeAll(async () => {
    s3 = await startS3({ ...account, buckets: ['images'] })
    client = clientFor({ ...account, url: s3.url })
    await client.send(new PutObjectCommand({ ...at, Body: 'here before' }))
  })

  afterAll(async () => {
    client.destroy()
    await s3.stop()
  })

  const put = async (input: Partial<PutObjectCommandInput>): Promise<string> =>
    await refusal(client.send(new PutObjectCommand({ ...at, Key: 'b', Body: 'bytes', ...input })))

  /** Sends these bytes in place of those the SDK framed. */
  const putFramed = async (framed: string): Promise<string> => {
    const command = new PutObjectCommand({
      ...at,
      Key: 'b',
      Body: Readable.from([Buffer.from('abc')]),
      ContentLength: 3,
    })
    command.middlewareStack.add(
      (next) => async (args) => {
        if (typeof args.request === 'object' && args.request !== null)
          Object.assign(args.request, { body: Readable.from([Buffer.from(framed)]) })
        return await next(args)
      },
      { step: 'finalizeRequest', priority: 'low' },
    )
    const quiet = clientFor(
      { ...account, url: s3.url },
      { logger: { debug() {}, info() {}, warn() {}, error() {} } },
    )
    const outcome = await refusal(quiet.send(command))
    quiet.destroy()
    return outcome
  }

  it('names what it does not do instead of doing something else', async () => {
    const tagging = { TagSet: [{ Key: 'k', Value: 'v' }] }
    expect(await refusal(client.send(new PutObjectTaggingCommand({ ...at, Tagging: tagging })))).toBe(
      '501 NotImplemented',
    )
    expect(await refusal(client.send(new CopyObjectCommand({ ...at, CopySource: 'images/b' })))).toBe(
      '501 NotImplemented',
    )
    expect(await refusal(client.send(new ListObjectsCommand({ Bucket: 'images' })))).toBe(
      '501 NotImplemented',
    )
    expect(await put({ IfNoneMatch: '"etag"' })).toBe('501 NotImplemented')
    expect(await put({ ChecksumCRC64NVME: 'AAAAAAAAAAA=' })).toBe('501 NotImplemented')
    const crc64 = new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'CRC64NVME' })
    expect(await refusal(client.send(crc64))).toBe('501 NotImplemented')
  })

  it('holds bytes against every checksum', async () => {
    expect(await put({ ChecksumCRC32: 'AAAAAA==' })).toBe('400 BadDigest')
    expect(await put({ ChecksumCRC32C: 'AAAAAA==' })).toBe('400 BadDigest')
    expect(await put({ ChecksumSHA1: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' })).toBe('400 BadDigest')
    expect(await put({ ChecksumSHA256: 'AAAA' })).toBe('400 InvalidRequest')
    expect(await put({ ContentMD5: 'AAAA' })).toBe('400 InvalidDigest')
  })

  it('holds a stream against its trailer and its frame', async () => {
    expect(await putFramed('3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n')).toBe('400 BadDigest')
    expect(await putFramed('3\r\nabd\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n')).toBe('400 BadDigest')
    expect(await putFramed('3\r\nabc\r\n0\r\n\r\n')).toBe('400 MalformedTrailerError')
    expect(await putFramed('3\r\nabc\r\n0\r\nno trailer\r\n\r\n')).toBe('400 MalformedTrailerError')
    expect(await putFramed('2\r\nab\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n')).toBe(
      '400 IncompleteBody',
    )
    expect(await putFramed('3\r\nabc')).toBe('400 IncompleteBody')
    expect(await putFramed('4\r\nabc\r\n')).toBe('400 IncompleteBody')
    expect(await putFramed('abc')).toBe('400 IncompleteBody')
  })

  it('wants to know how long a body is', async () => {
    const presigner = clientFor({ ...account, url: s3.url }, { requestChecksumCalculation: 'WHEN_REQUIRED' })
    const url = await getSignedUrl(presigner, new PutObjectCommand({ ...at, Key: 'b' }))
    presigner.destroy()
    const body = new Blob(['bytes']).stream()
    expect((await fetch(url, { method: 'PUT', body, duplex: 'half' })).status).toBe(411)
  })

  it('refuses names that nobody could have', async () => {
    expect(await put({ Key: 'x'.repeat(1025) })).toBe('400 KeyTooLongError')
    expect(await refusal(client.send(new CreateBucketCommand({ Bucket: 'under_score' })))).toBe(
      '400 InvalidBucketName',
    )
    expect((await fetch(`${s3.url}/images/%zz`)).status).toBe(400)
  })

  it('stored nothing of all this', async () => {
    const got = await client.send(new GetObjectCommand(at))
    expect(await got.Body?.transformToString()).toBe('here before')
    expect(s3.objects('images')).toHaveLength(1)
  })
})
