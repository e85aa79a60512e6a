import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { refusal } from './contract-server.ts'
import type { Check, CheckWorld } from './contract-server.ts'

type Put = Omit<ConstructorParameters<typeof PutObjectCommand>[0], 'Bucket' | 'Key'>

async function put(
  { client, bucket, key }: CheckWorld,
  name: string,
  more: Put,
): Promise<string | undefined> {
  return (await client.send(new PutObjectCommand({ Bucket: bucket, Key: key(name), ...more }))).ETag
}

async function textOf({ client, bucket, key }: CheckWorld, name: string): Promise<string | undefined> {
  return await (
    await client.send(new GetObjectCommand({ Bucket: bucket, Key: key(name) }))
  ).Body?.transformToString()
}

/** What holds for PutObject and DeleteObject. */
export const writeChecks: Record<string, Check> = {
  async 'gives back bytes, headers and metadata as they were written'(world) {
    const body = randomBytes(100_000)
    const headers = {
      ContentType: 'image/png',
      CacheControl: 'max-age=60',
      ContentDisposition: 'inline; filename="a.png"',
    }
    const etag = await put(world, 'whole', {
      Body: body,
      ...headers,
      Metadata: { 'edit-id': 'e1', sha256: 'ab' },
    })
    const { Body, ...got } = await world.client.send(
      new GetObjectCommand({ Bucket: world.bucket, Key: world.key('whole') }),
    )
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(body)).toBe(true)
    expect(got).toMatchObject({
      ...headers,
      ContentLength: 100_000,
      ETag: etag,
      Metadata: { 'edit-id': 'e1', sha256: 'ab' },
    })
    const head = await world.client.send(
      new HeadObjectCommand({ Bucket: world.bucket, Key: world.key('whole') }),
    )
    expect(head).toMatchObject({
      ...headers,
      ContentLength: 100_000,
      ETag: etag,
      Metadata: { 'edit-id': 'e1', sha256: 'ab' },
    })
  },

  async 'uses the MD5 of the bytes as the ETag'(world) {
    expect(await put(world, 'md5', { Body: 'red' })).toBe('"bda9643ac6601722a28f238714274da4"')
  },

  async 'keeps odd keys apart'(world) {
    const names = [
      'a b',
      'a+b',
      'a%20b',
      'ä/é/日本',
      '😀',
      "(*)'!~",
      'x//y',
      '../../up',
      './dot',
      'tail/',
      '&<">',
      'q?a=b#c',
    ]
    for (const name of names) await put(world, name, { Body: name })
    for (const name of names) expect(await textOf(world, name)).toBe(name)
  },

  async 'keeps an object beside a folder of its name'(world) {
    for (const name of ['one', 'one/two', 'three/four', 'three']) await put(world, name, { Body: name })
    for (const name of ['one', 'one/two', 'three/four', 'three']) expect(await textOf(world, name)).toBe(name)
  },

  async 'stores an empty object'(world) {
    await put(world, 'empty', { Body: Buffer.alloc(0) })
    expect(await textOf(world, 'empty')).toBe('')
  },

  async 'refuses a second write that wants to be the first'(world) {
    await put(world, 'first', { Body: 'first', IfNoneMatch: '*' })
    expect(await refusal(put(world, 'first', { Body: 'second', IfNoneMatch: '*' }))).toBe(
      '412 PreconditionFailed',
    )
    expect(await textOf(world, 'first')).toBe('first')
  },

  async 'lets exactly one of twenty parallel first writes win'(world) {
    const writes = Array.from(
      { length: 20 },
      async (_, index) => await put(world, 'race', { Body: `writer ${index}`, IfNoneMatch: '*' }),
    )
    const outcomes = await Promise.allSettled(writes)
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
    expect(winners).toHaveLength(1)
    expect(await textOf(world, 'race')).toBe(`writer ${winners[0]}`)
  },

  async 'overwrites only the bytes that If-Match names'(world) {
    const etag = await put(world, 'cas', { Body: 'old' })
    expect(
      await refusal(put(world, 'cas', { Body: 'new', IfMatch: '"bda9643ac6601722a28f238714274da4"' })),
    ).toBe('412 PreconditionFailed')
    await put(world, 'cas', { Body: 'new', IfMatch: etag })
    expect(await textOf(world, 'cas')).toBe('new')
  },

  async 'refuses bytes that are not those of their Content-MD5'(world) {
    const other = createHash('md5').update('other').digest('base64')
    expect(await refusal(put(world, 'content-md5', { Body: 'bytes', ContentMD5: other }))).toBe(
      '400 BadDigest',
    )
    expect(await refusal(textOf(world, 'content-md5'))).toBe('404 NoSuchKey')
  },

  async 'refuses bytes that are not those of their signed payload hash'(world) {
    const { client, bucket, key } = world
    const command = new PutObjectCommand({ Bucket: bucket, Key: key('payload'), Body: 'bytes' })
    command.middlewareStack.add(
      (next) => async (args) => {
        const { request: built } = args
        if (typeof built === 'object' && built !== null && 'headers' in built)
          Object.assign(built.headers ?? {}, {
            'x-amz-content-sha256': createHash('sha256').update('other').digest('hex'),
          })
        return await next(args)
      },
      { step: 'build' },
    )
    expect(await refusal(client.send(command))).toBe('400 XAmzContentSHA256Mismatch')
  },

  async 'refuses bytes that are not those of their SHA-256'(world) {
    const other = createHash('sha256').update('other').digest('base64')
    expect(await refusal(put(world, 'sha256', { Body: 'bytes', ChecksumSHA256: other }))).toBe(
      '400 BadDigest',
    )
    expect(await refusal(textOf(world, 'sha256'))).toBe('404 NoSuchKey')
  },

  async 'gives back the checksum it was given'(world) {
    const sha256 = createHash('sha256').update('bytes').digest('base64')
    await put(world, 'checksum', { Body: 'bytes', ChecksumSHA256: sha256 })
    const at = { Bucket: world.bucket, Key: world.key('checksum'), ChecksumMode: 'ENABLED' } as const
    expect(await world.client.send(new HeadObjectCommand(at))).toMatchObject({
      ChecksumSHA256: sha256,
      ChecksumType: 'FULL_OBJECT',
    })
    expect(await world.client.send(new GetObjectCommand(at))).toMatchObject({ ChecksumSHA256: sha256 })
  },

  async 'takes a stream with its checksum in the trailer'(world) {
    const body = randomBytes(300_000)
    const stream = Readable.from([body.subarray(0, 100_000), body.subarray(100_000)])
    await put(world, 'stream', { Body: stream, ContentLength: body.length, ChecksumAlgorithm: 'SHA256' })
    const at = { Bucket: world.bucket, Key: world.key('stream'), ChecksumMode: 'ENABLED' } as const
    const { Body, ChecksumSHA256, ContentEncoding } = await world.client.send(new GetObjectCommand(at))
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(body)).toBe(true)
    expect(ChecksumSHA256).toBe(createHash('sha256').update(body).digest('base64'))
    expect(ContentEncoding).toBeUndefined()
  },

  async 'takes megabytes from a client that asks first (100-continue)'(world) {
    const body = randomBytes(4_000_000)
    await put(world, 'large', { Body: body, IfNoneMatch: '*' })
    const { ContentLength } = await world.client.send(
      new HeadObjectCommand({ Bucket: world.bucket, Key: world.key('large') }),
    )
    expect(ContentLength).toBe(4_000_000)
    expect(await refusal(put(world, 'large', { Body: body, IfNoneMatch: '*' }))).toBe(
      '412 PreconditionFailed',
    )
  },

  async 'keeps nothing of an upload that was cut'(world) {
    const { client, bucket, key } = world
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: key('cut') }))
    const upload = request(url, { method: 'PUT', headers: { 'content-length': 1000 } })
    const gone = new Promise((closed) => upload.on('error', () => {}).on('close', closed))
    await new Promise((sent) => upload.write(Buffer.alloc(500), sent))
    upload.destroy()
    await gone
    expect(await refusal(textOf(world, 'cut'))).toBe('404 NoSuchKey')
  },

  async 'deletes what is there and does not mind what is not'(world) {
    const at = { Bucket: world.bucket, Key: world.key('deleted') }
    await put(world, 'deleted', { Body: 'bytes' })
    await world.client.send(new DeleteObjectCommand(at))
    await world.client.send(new DeleteObjectCommand(at))
    expect(await refusal(textOf(world, 'deleted'))).toBe('404 NoSuchKey')
    await put(world, 'deleted', { Body: 'again', IfNoneMatch: '*' })
    expect(await textOf(world, 'deleted')).toBe('again')
  },
}
