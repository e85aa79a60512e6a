import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { refusal } from './contract-server.ts'
import type { Check, CheckWorld } from './contract-server.ts'

type Get = Omit<ConstructorParameters<typeof GetObjectCommand>[0], 'Bucket' | 'Key'>
type List = Omit<ConstructorParameters<typeof ListObjectsV2Command>[0], 'Bucket'>

async function fill({ client, bucket, key }: CheckWorld, ...names: string[]): Promise<void> {
  await Promise.all(
    names.map(
      async (name) =>
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key(name), Body: '0123456789' })),
    ),
  )
}

async function part({ client, bucket, key }: CheckWorld, more: Get): Promise<string> {
  const { Body, ContentRange } = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: key('digits'), ...more }),
  )
  return `${await Body?.transformToString()} ${ContentRange}`
}

/** Keys and folders of one page, without the check's own prefix. */
async function list(
  { client, bucket, key }: CheckWorld,
  more: List,
): Promise<{ shown: string[]; token: string | undefined }> {
  const page = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, ...more, Prefix: key(more.Prefix ?? '') }),
  )
  const names = [
    ...(page.Contents ?? []).map(({ Key }) => Key),
    ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
  ]
  expect(page.KeyCount).toBe(names.length)
  expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined)
  return { shown: names.map((name) => (name ?? '').slice(key('').length)), token: page.NextContinuationToken }
}

/** What holds for GetObject, HeadObject, ListObjectsV2 and buckets. */
export const readChecks: Record<string, Check> = {
  async 'gives the range that is asked for'(world) {
    await fill(world, 'digits')
    expect(await part(world, { Range: 'bytes=2-4' })).toBe('234 bytes 2-4/10')
    expect(await part(world, { Range: 'bytes=7-' })).toBe('789 bytes 7-9/10')
    expect(await part(world, { Range: 'bytes=-2' })).toBe('89 bytes 8-9/10')
    expect(await part(world, { Range: 'bytes=8-100' })).toBe('89 bytes 8-9/10')
    expect(await refusal(part(world, { Range: 'bytes=10-' }))).toBe('416 InvalidRange')
  },

  async 'gives bytes only when the conditions hold'(world) {
    await fill(world, 'digits')
    const etag = '"781e5e245d69b566979b86e28d23f2c7"'
    expect(await part(world, { IfMatch: etag })).toBe('0123456789 undefined')
    expect(await part(world, { IfNoneMatch: '"other"' })).toBe('0123456789 undefined')
    expect(await refusal(part(world, { IfMatch: '"other"' }))).toBe('412 PreconditionFailed')
    expect(await refusal(part(world, { IfNoneMatch: etag }))).toMatch(/^304 /)
  },

  async 'lets the reader choose type and file name'(world) {
    await fill(world, 'digits')
    const chosen = {
      ResponseContentType: 'text/plain',
      ResponseContentDisposition: 'attachment; filename="ten.txt"',
    }
    const got = await world.client.send(
      new GetObjectCommand({ Bucket: world.bucket, Key: world.key('digits'), ...chosen }),
    )
    await got.Body?.transformToString()
    expect(got).toMatchObject({
      ContentType: 'text/plain',
      ContentDisposition: 'attachment; filename="ten.txt"',
    })
  },

  async 'says what is not there'({ client, bucket, key }) {
    const at = { Bucket: bucket, Key: key('none') }
    expect(await refusal(client.send(new GetObjectCommand(at)))).toBe('404 NoSuchKey')
    expect(await refusal(client.send(new HeadObjectCommand(at)))).toBe('404 NotFound')
    expect(await refusal(client.send(new GetObjectCommand({ ...at, Bucket: 'no-such-bucket' })))).toBe(
      '404 NoSuchBucket',
    )
    expect(
      await refusal(
        client.send(new PutObjectCommand({ ...at, Bucket: 'no-such-bucket', Body: Buffer.alloc(0) })),
      ),
    ).toBe('404 NoSuchBucket')
    expect(await refusal(client.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' })))).toBe(
      '404 NotFound',
    )
  },

  async 'makes a bucket'({ client }) {
    await client.send(new CreateBucketCommand({ Bucket: 'made-by-a-check' }))
    await client.send(new HeadBucketCommand({ Bucket: 'made-by-a-check' }))
    expect((await client.send(new ListObjectsV2Command({ Bucket: 'made-by-a-check' }))).KeyCount).toBe(0)
  },

  async 'lists page after page, in the order of UTF-8 bytes'(world) {
    await fill(world, '😀', 'b', 'Z', 'ﬀ', 'a/2', 'é', 'a/1')
    const shown: string[] = []
    let token: string | undefined
    do {
      const page = await list(world, {
        MaxKeys: 2,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      })
      expect(page.shown.length).toBeLessThanOrEqual(2)
      shown.push(...page.shown)
      token = page.token
    } while (token !== undefined)
    expect(shown).toEqual(['Z', 'a/1', 'a/2', 'b', 'é', 'ﬀ', '😀'])
  },

  async 'lists folders once, over pages too'(world) {
    await fill(world, 'a', 'b/1', 'b/2', 'b/3', 'c', 'd/1')
    expect((await list(world, { Delimiter: '/' })).shown).toEqual(['a', 'c', 'b/', 'd/'])
    const first = await list(world, { Delimiter: '/', MaxKeys: 2 })
    expect(first.shown).toEqual(['a', 'b/'])
    const second = await list(world, { Delimiter: '/', MaxKeys: 2, ContinuationToken: first.token })
    expect(second).toEqual({ shown: ['c', 'd/'], token: undefined })
    expect((await list(world, { Delimiter: '/', Prefix: 'b/' })).shown).toEqual(['b/1', 'b/2', 'b/3'])
  },

  async 'lists what comes after a key'(world) {
    await fill(world, 'a', 'b', 'c')
    expect((await list(world, { StartAfter: world.key('a') })).shown).toEqual(['b', 'c'])
    expect((await list(world, { StartAfter: world.key('aa') })).shown).toEqual(['b', 'c'])
    expect((await list(world, { StartAfter: world.key('c') })).shown).toEqual([])
  },
}
