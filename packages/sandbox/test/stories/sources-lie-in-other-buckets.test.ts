import { S3Client, CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { draw, openStory, type Story } from './story.ts'

describe('a source in a bucket of somebody else', () => {
  let story: Story
  beforeEach(async () => {
    story = await openStory({
      env: { RESTYLE_SOURCE_DELIVERY: 'presign', RESTYLE_SOURCE_BUCKETS: 'photos/open/,acme:photos/acme/' },
    })
    const { env, s3 } = story.world
    const client = new S3Client({
      endpoint: s3.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: {
        accessKeyId: env['S3_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: env['S3_SECRET_ACCESS_KEY'] ?? '',
      },
    })
    await client.send(new CreateBucketCommand({ Bucket: 'photos' }))
    for (const Key of ['open/lamp.png', 'acme/lamp.png', 'secret/lamp.png'])
      await client.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: await draw(30) }))
    client.destroy()
  })
  afterEach(() => story.stop())

  const outcome = async (image: string) => {
    const [event] = await story.ended([await story.enqueue({ images: [image] })])
    return event?.data.failure?.code ?? event?.type
  }

  it('is read from a listed folder, and from nowhere else', async () => {
    expect(await outcome('s3://photos/open/lamp.png')).toBe('restyle.edit.succeeded')
    for (const elsewhere of ['photos/secret/lamp.png', 'photos/acme/lamp.png', 'restyle/sources/local/x'])
      expect(await outcome(`s3://${elsewhere}`)).toBe('SourceMissing')
    expect(story.world.dashscope.posts).toHaveLength(1)
  })

  it('that is not there fails its edit before a POST', async () => {
    expect(await outcome('s3://photos/open/none.png')).toBe('SourceMissing')
    expect(story.world.dashscope.posts).toHaveLength(0)
  })

  it('that may not be read fails its edit, and stops nobody else', async () => {
    const refuse = { do: 'refuse', code: 'AccessDenied', operation: 'HeadObject', times: 1 } as const
    story.world.s3.faults.add({ ...refuse, key: /^open\// })
    expect(await outcome('s3://photos/open/lamp.png')).toBe('SourceUnreadable')
    expect(await story.world.ledger.lanes.pausedBy('bucket')).toBeUndefined()
    expect(await outcome('s3://photos/open/lamp.png')).toBe('restyle.edit.succeeded')
  })
})
