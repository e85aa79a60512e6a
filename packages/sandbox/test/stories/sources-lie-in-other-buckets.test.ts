import { S3Client, CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { draw, openStory, type Story, until } from './story.ts'

describe('a source in a bucket of somebody else', () => {
  let story: Story
  let client: S3Client
  const open = async (delivery = 'presign') => {
    story = await openStory({
      env: { RESTYLE_SOURCE_DELIVERY: delivery, RESTYLE_SOURCE_BUCKETS: 'photos/open/,acme:photos/acme/' },
    })
    const { env, s3 } = story.world
    client = new S3Client({
      endpoint: s3.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: {
        accessKeyId: env['S3_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: env['S3_SECRET_ACCESS_KEY'] ?? '',
      },
    })
    await client.send(new CreateBucketCommand({ Bucket: 'photos' }))
    for (const Key of ['open/lamp.png', 'open/bad.png', 'acme/lamp.png', 'secret/lamp.png'])
      await put(Key, 30)
  }
  const put = async (Key: string, hue: number) =>
    client.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: await draw(hue) }))
  afterEach(async () => {
    client.destroy()
    await story.stop()
  })

  const outcome = async (image: string) => {
    const [event] = await story.ended([await story.enqueue({ images: [image] })])
    return event?.data.failure?.code ?? event?.type
  }

  it('is read from a listed folder, and from nowhere else', async () => {
    await open()
    expect(await outcome('s3://photos/open/lamp.png')).toBe('restyle.edit.succeeded')
    for (const elsewhere of ['photos/secret/lamp.png', 'photos/acme/lamp.png', 'restyle/sources/local/x'])
      expect(await outcome(`s3://${elsewhere}`)).toBe('SourceMissing')
    expect(story.world.dashscope.posts).toHaveLength(1)
  })

  it('that is not there fails its edit before a POST', async () => {
    await open()
    expect(await outcome('s3://photos/open/none.png')).toBe('SourceMissing')
    expect(story.world.dashscope.posts).toHaveLength(0)
  })

  const refused = { do: 'refuse', code: 'AccessDenied', times: Infinity } as const
  const bad = 's3://photos/open/bad.png'

  it.each(['presign', 'upload', 'inline'])(
    'that may not be read (%s) fails its edit after some tries, and stops nobody else',
    async (delivery) => {
      await open(delivery)
      const { s3, ledger } = story.world
      const faults = (['HeadObject', 'GetObject'] as const).map((operation) =>
        s3.faults.add({ ...refused, operation, key: /^open\/bad/ }),
      )
      const poor = await story.enqueue({ images: [bad] })
      const others = await story.enqueueMany(3, { images: ['s3://photos/open/lamp.png'] })
      const [event, ...ends] = await story.ended([poor, ...others])
      expect(event?.data.failure).toMatchObject({ code: 'SourceUnreadable' })
      expect(ends.map(({ type }) => type)).toEqual(others.map(() => 'restyle.edit.succeeded'))
      expect(faults.reduce((sum, { fired }) => sum + fired, 0)).toBe(4)
      expect(await ledger.lanes.pausedBy('bucket')).toBeUndefined()
      expect(story.lines.filter(({ level }) => level === 'error')).toEqual([])
    },
  )

  it('is waited for while its bucket is away, by the edits that name it and by no other', async () => {
    await open()
    const { s3, ledger } = story.world
    const away = { do: 'refuse', code: 'ServiceUnavailable', times: Infinity, key: /^open\/bad/ } as const
    s3.faults.add(away)
    const waiting = await story.enqueue({ images: [bad] })
    await until(async () => (await ledger.read(waiting))?.sourceTrouble)
    await story.ended(await story.enqueueMany(3, { images: ['s3://photos/open/lamp.png'] }))
    expect(await ledger.read(waiting)).toMatchObject({ state: 'queued', sourceTrouble: { refusals: 0 } })
    s3.faults.clear()
    const [event] = await story.ended([waiting])
    expect(event?.type).toBe('restyle.edit.succeeded')
    expect(await ledger.read(waiting)).not.toHaveProperty('sourceTrouble')
  })

  it('that was replaced is uploaded anew, and only then', async () => {
    await open('upload')
    const { dashscope } = story.world
    await outcome('s3://photos/open/lamp.png')
    await outcome('s3://photos/open/lamp.png')
    expect(dashscope.counters.uploads).toBe(1)
    await put('open/lamp.png', 200)
    await outcome('s3://photos/open/lamp.png')
    expect(dashscope.counters.uploads).toBe(2)
    const [first, again, replaced] = dashscope.posts.map(({ images }) => images[0])
    expect(again).toBe(first)
    expect(replaced).not.toBe(first)
  })

  it('is no other than one of ours that may not be read: the bucket is not paused for one picture', async () => {
    await open('upload')
    const { s3, ledger } = story.world
    const images = [await story.picture(70)]
    s3.faults.add({ ...refused, operation: 'GetObject', key: new RegExp((images[0] ?? '').slice(7)) })
    const poor = await story.enqueue({ images })
    const other = await story.enqueue()
    const [event, end] = await story.ended([poor, other])
    expect(event?.data.failure).toMatchObject({ code: 'SourceUnreadable' })
    expect(end?.type).toBe('restyle.edit.succeeded')
    expect(await ledger.lanes.pausedBy('bucket')).toBeUndefined()
  })
})
