import sharp from 'sharp'
import { draw, openStory, sha256, type Story } from './story.ts'

describe('an edit', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  let story: Story
  let id: string

  beforeAll(async () => {
    story = await openStory()
    const images = [await story.picture(200)]
    const body = { prompt: 'on marble', size: '768*1024', key: 'mug', metadata: { sku: '7' }, images }
    const { body: edit } = await story.call('POST', '/v1/edits', body, { traceparent })
    id = (edit as { id: string }).id
    await story.ended([id])
  })
  afterAll(() => story.stop())

  it('is submitted once and billed once', () => {
    const { posts, bill, counters } = story.world.dashscope
    expect(posts).toMatchObject([{ outcome: 'accepted', prompt: 'on marble', n: 1 }])
    expect(counters.submits).toBe(1)
    expect(bill.entries).toMatchObject([{ images: 1, micros: 200_000 }])
  })

  it('leaves one whole image in the bucket, the one that was served', async () => {
    const { dashscope, store } = story.world
    const served = dashscope.describe().flatMap(({ resultSha256 }) => resultSha256)
    const key = `local/${id}/mug/0.png`
    expect(story.images()).toMatchObject([{ key, sha256: served[0], versionsWritten: 1 }])

    const bytes = await store.get(key)
    expect(sha256(bytes ?? Buffer.of())).toBe(served[0])
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 768, height: 1024 })
    const source = await sharp(await draw(200))
      .resize(768, 1024, { fit: 'fill' })
      .removeAlpha()
      .raw()
      .toBuffer()
    expect(data.equals(source)).toBe(false)
  })

  it('says in the bucket where its image comes from', async () => {
    const head = await story.world.store.head(`local/${id}/mug/0.png`)
    expect(head?.metadata).toEqual({
      edit: id,
      task: story.world.dashscope.describe()[0]?.taskId,
      model: 'wan2.5-i2i-preview',
      'prompt-hash': expect.stringMatching(/^[0-9a-f]{32}$/),
      'source-hash': expect.stringMatching(/^[0-9a-f]{32}$/),
      'cost-micros': '200000',
      width: '768',
      height: '1024',
      sha256: story.images()[0]?.sha256,
    })
  })

  it('is told in one event', async () => {
    const [image] = story.images()
    expect(await story.told()).toEqual([
      {
        specversion: '1.0',
        id: `${id}-succeeded`,
        source: '/restyle/producers/local',
        type: 'restyle.edit.succeeded',
        subject: id,
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        datacontenttype: 'application/json',
        traceparent,
        data: expect.objectContaining({
          id,
          key: 'mug',
          state: 'succeeded',
          images: [
            expect.objectContaining({
              index: 0,
              key: image?.key,
              sha256: image?.sha256,
              width: 768,
              height: 1024,
            }),
          ],
          cost: { currency: 'CNY', micros: 200_000 },
          metadata: { sku: '7' },
        }),
      },
    ])
  })

  it('leaves no money reserved, no slot taken and no wake-up behind', async () => {
    const { redis, ledger } = story.world
    expect(await redis.hgetall('{restyle}:spend:local')).toMatchObject({
      reserved: '0',
      billed: '200000',
      images: '1',
    })
    expect(await ledger.lanes.runningCount(story.lane)).toBe(0)
    expect(await redis.zcard('{restyle}:due')).toBe(0)
  })
})
