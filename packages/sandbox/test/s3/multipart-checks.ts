import { randomBytes } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { refusal } from './contract-server.ts'
import type { Check, CheckWorld } from './contract-server.ts'

const fiveMiB = 5 * 1024 * 1024

interface Begun {
  at: { Bucket: string; Key: string; UploadId: string | undefined }
  parts: { PartNumber: number; ETag: string | undefined }[]
}

/** Begins an upload and sends its parts, the last one first. */
async function begin({ client, bucket, key }: CheckWorld, bodies: Buffer[]): Promise<Begun> {
  const place = { Bucket: bucket, Key: key('parts') }
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...place, ContentType: 'image/png', Metadata: { a: 'b' } }),
  )
  const at = { ...place, UploadId }
  const parts: Begun['parts'] = []
  for (const [index, Body] of [...bodies.entries()].toReversed()) {
    const { ETag } = await client.send(new UploadPartCommand({ ...at, PartNumber: index + 1, Body }))
    parts.unshift({ PartNumber: index + 1, ETag })
  }
  return { at, parts }
}

async function complete({ client }: CheckWorld, { at, parts }: Begun, ifNoneMatch?: string): Promise<void> {
  await client.send(
    new CompleteMultipartUploadCommand({
      ...at,
      MultipartUpload: { Parts: parts },
      IfNoneMatch: ifNoneMatch,
    }),
  )
}

/** What holds for uploads in parts. */
export const multipartChecks: Record<string, Check> = {
  async 'puts the parts of an upload together in order'(world) {
    const bodies = [randomBytes(fiveMiB), randomBytes(1000)]
    const begun = await begin(world, bodies)
    const { Bucket, Key } = begun.at
    expect(await refusal(world.client.send(new GetObjectCommand({ Bucket, Key })))).toBe('404 NoSuchKey')
    await complete(world, begun)
    const { Body, ...got } = await world.client.send(new GetObjectCommand({ Bucket, Key }))
    expect(Buffer.concat(bodies).equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true)
    expect(got).toMatchObject({
      ContentType: 'image/png',
      Metadata: { a: 'b' },
      ETag: expect.stringMatching(/^"[0-9a-f]{32}-2"$/),
    })
  },

  async 'refuses parts that are too small or unknown'(world) {
    const begun = await begin(world, [randomBytes(10), randomBytes(10)])
    expect(await refusal(complete(world, begun))).toBe('400 EntityTooSmall')
    const unknown = [{ PartNumber: 7, ETag: '"bda9643ac6601722a28f238714274da4"' }]
    expect(await refusal(complete(world, { ...begun, parts: unknown }))).toBe('400 InvalidPart')
  },

  async 'refuses parts that are out of order'(world) {
    const begun = await begin(world, [randomBytes(10), randomBytes(10)])
    expect(await refusal(complete(world, { ...begun, parts: begun.parts.toReversed() }))).toBe(
      '400 InvalidPartOrder',
    )
  },

  async 'forgets an upload that was aborted'(world) {
    const begun = await begin(world, [randomBytes(10)])
    await world.client.send(new AbortMultipartUploadCommand(begun.at))
    expect(await refusal(complete(world, begun))).toBe('404 NoSuchUpload')
  },

  async 'completes no upload over an object when it wants to be the first'(world) {
    const begun = await begin(world, [randomBytes(10)])
    const { Bucket, Key } = begun.at
    await world.client.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }))
    expect(await refusal(complete(world, begun, '*'))).toBe('412 PreconditionFailed')
  },
}
