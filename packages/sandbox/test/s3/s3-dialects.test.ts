import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3'
import { createOnly } from '@restyle/shared/store/create-once'
import type { CreateOnce } from '@restyle/shared/store/create-once'
import { localhostIsHere } from '@restyle/shared/store/s3-client'
import type { BucketSetting } from '../../src/s3/dialects.ts'
import { startS3 } from '../../src/s3/start-s3.ts'
import type { S3Server } from '../../src/s3/start-s3.ts'
import { clientFor, refusal } from './contract-server.ts'

const account = { accessKeyId: 'AKDIALECT', secretAccessKey: 'dialect-secret' }
const buckets: BucketSetting[] = [
  { name: 'oss-bucket', dialect: 'oss' },
  { name: 'oss-501', dialect: 'oss', conditions: 501 },
  { name: 'oss-versioned', dialect: 'oss', versioned: true },
  { name: 'cos-bucket', dialect: 'cos' },
  { name: 'ibm-bucket', dialect: 'ibm' },
  { name: 'b2-bucket', dialect: 'b2' },
  { name: 'gcs-bucket', dialect: 'gcs' },
  { name: 'r2-bucket', dialect: 'r2' },
  { name: 'small', largestBody: 10, longestKey: 20 },
]

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

describe('a bucket in the dialect of another store', () => {
  let s3: S3Server
  let byHost: S3Client
  let byPath: S3Client

  beforeAll(async () => {
    s3 = await startS3({ ...account, buckets })
    byHost = clientFor(
      { ...account, url: s3.hostUrl },
      {
        forcePathStyle: false,
        logger: quiet,
        requestHandler: { httpAgent: new Agent({ lookup: localhostIsHere }) },
      },
    )
    byPath = clientFor({ ...account, url: s3.url })
  })
  afterAll(async () => {
    byHost.destroy()
    byPath.destroy()
    await s3.stop()
  })

  const put = (Bucket: string, more: Partial<PutObjectCommandInput> = {}, client = byHost) =>
    refusal(client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'bytes', ...more })))
  const create = (Bucket: string, mode: CreateOnce, Key = `new ${mode}`) =>
    refusal(byHost.send(createOnly(new PutObjectCommand({ Bucket, Key, Body: 'bytes' }), mode)))
  const fine = 'nothing was refused'

  it.each([
    ['oss-bucket', '400 NotImplemented'],
    ['oss-501', '501 NotImplemented'],
    ['b2-bucket', '501 NotImplemented'],
    ['r2-bucket', '412 PreconditionFailed'],
    ['ibm-bucket', '412 PreconditionFailed'],
    ['cos-bucket', fine],
    ['gcs-bucket', fine],
  ])('%s answers a second conditional write with %s', async (bucket, answer) => {
    await put(bucket)
    expect(await put(bucket, { IfNoneMatch: '*' })).toBe(answer)
  })

  it.each([
    ['oss-bucket', 'oss', '409 FileAlreadyExists'],
    ['cos-bucket', 'cos', '409 FileAlreadyExists'],
    ['ibm-bucket', 'ibm', '409 ObjectAlreadyExists'],
    ['oss-versioned', 'oss', fine],
    ['r2-bucket', 'oss', fine],
  ] as const)('%s answers a second write with the header of %s with %s', async (bucket, mode, answer) => {
    expect(await create(bucket, mode)).toBe(fine)
    expect(await create(bucket, mode)).toBe(answer)
  })

  it('lets one of twenty create with a header of its own', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => create('oss-bucket', 'oss', 'race')))
    expect(all.filter((outcome) => outcome === fine)).toHaveLength(1)
  })

  it('is found by host only, where the store has no paths', async () => {
    expect(await put('oss-bucket', {}, byPath)).toBe('403 SecondLevelDomainForbidden')
    expect(await put('cos-bucket', {}, byPath)).toBe(fine)
  })

  it.each(['oss-bucket', 'cos-bucket', 'gcs-bucket'])('%s takes no aws-chunked body', async (Bucket) => {
    const Body = Readable.from([Buffer.from('bytes')])
    const upload = new PutObjectCommand({
      Bucket,
      Key: 'stream',
      Body,
      ContentLength: 5,
      ChecksumAlgorithm: 'CRC32',
    })
    expect(await refusal(byHost.send(upload))).toBe('400 InvalidArgument')
  })

  it('wants its own headers signed too', async () => {
    const command = new PutObjectCommand({ Bucket: 'oss-bucket', Key: 'unsigned', Body: 'bytes' })
    command.middlewareStack.add(
      (next) => async (args) => {
        const { request } = args as { request: { headers: Record<string, string> } }
        request.headers['x-oss-forbid-overwrite'] = 'true'
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low' },
    )
    expect(await refusal(byHost.send(command))).toBe('403 AccessDenied')
  })

  it('refuses what is too large or has too long a key for it', async () => {
    expect(await put('small', { Body: 'eleven bytes' })).toBe('400 EntityTooLarge')
    expect(await put('small', { Key: 'x'.repeat(21) })).toBe('400 KeyTooLongError')
    expect(await put('small')).toBe(fine)
  })
})
