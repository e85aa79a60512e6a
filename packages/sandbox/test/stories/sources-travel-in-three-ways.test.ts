import { openStory, type Story, until } from './story.ts'

describe('a source picture that lies in the bucket', () => {
  let story: Story
  afterEach(() => story.stop())

  it.each([
    ['presign', /^http:\/\/127\.0\.0\.1:\d+\/restyle\/sources\/local\/[0-9a-f]{64}\?.*X-Amz-Signature=/],
    ['upload', /^oss:\/\//],
    ['inline', /^data:image\/png;/],
  ])('reaches the vendor by %s', async (delivery, address) => {
    story = await openStory({ env: { RESTYLE_SOURCE_DELIVERY: delivery } })
    const images = [await story.picture(1), await story.picture(2)]
    const [first] = await story.ended([await story.enqueue({ images, prompt: 'one' })])
    const [second] = await story.ended([await story.enqueue({ images, prompt: 'two' })])
    expect([first?.type, second?.type]).toEqual(['restyle.edit.succeeded', 'restyle.edit.succeeded'])
    const { posts, counters } = story.world.dashscope
    expect(posts.flatMap((post) => post.images)).toHaveLength(4)
    for (const image of posts.flatMap((post) => post.images)) expect(image).toMatch(address)
    // the vendor keeps an upload for two days: the second edit uses those of the first
    expect(counters.uploads).toBe(delivery === 'upload' ? 2 : 0)
  })

  it('is uploaded where a signed address could not be opened, and the start says so', async () => {
    story = await openStory()
    await story.ended([await story.enqueue()])
    expect(story.world.dashscope.counters.uploads).toBe(1)
    expect(story.lines.find(({ msg }) => String(msg).startsWith('source pictures'))).toMatchObject({
      delivery: 'upload',
      because: expect.stringMatching(/127\.0\.0\.1 is not on the public internet/),
    })
  })

  it('that is gone fails its edit before a POST, and is looked for once while it is there', async () => {
    story = await openStory({ env: { RESTYLE_SOURCE_DELIVERY: 'presign' }, workers: 0 })
    const [gone, kept] = [await story.picture(4), await story.picture(5)]
    const lost = await story.enqueue({ images: [gone] })
    const fine = await story.enqueueMany(5, { images: [kept] })
    story.world.s3.faults.add({
      operation: 'HeadObject',
      key: new RegExp(gone.replace('sha256:', '')),
      times: 1,
      do: 'refuse',
      code: 'NoSuchKey',
    })
    const before = story.world.s3.requests.HeadObject ?? 0
    await story.world.startWorker()
    const [event, ...others] = await story.ended([lost, ...fine])
    expect(event).toMatchObject({ data: { failure: { code: 'SourceMissing' } } })
    expect(others.map(({ type }) => type)).toEqual(fine.map(() => 'restyle.edit.succeeded'))
    expect(story.world.dashscope.posts).toHaveLength(5)
    expect(story.world.dashscope.posts.flatMap(({ images }) => images)).not.toContain(gone)
    expect((story.world.s3.requests.HeadObject ?? 0) - before).toBeLessThan(5)
  })

  it('is not taken with a wrong key: the lane pauses and says so, and nothing is admitted meanwhile', async () => {
    story = await openStory({ env: { RESTYLE_SOURCE_DELIVERY: 'upload' } })
    const { dashscope, ledger } = story.world
    const wrong = dashscope.faults.invalidKey()
    const id = await story.enqueue()
    expect(await until(() => ledger.lanes.pausedBy(story.lane))).toMatchObject({ code: 'InvalidApiKey' })
    expect(await ledger.read(id)).toMatchObject({ state: 'queued', attempt: 0 })
    const errors = () => story.lines.filter(({ level }) => level === 'error')
    await until(() => errors().length > 0)
    expect(errors()).toMatchObject([{ lane: 'default', code: 'InvalidApiKey' }])
    wrong.lift()
    await ledger.lanes.resume(story.lane)
    expect((await story.ended([id]))[0]?.type).toBe('restyle.edit.succeeded')
  })

  it.each([
    ['NoSuchKey', 'SourceMissing'],
    ['InvalidArgument', 'SourceUnreadable'],
  ] as const)('that answers %s fails its edit, and says which picture it was', async (answer, code) => {
    story = await openStory({ env: { RESTYLE_SOURCE_DELIVERY: 'inline' }, workers: 0 })
    const images = [await story.picture(3)]
    const id = await story.enqueue({ images })
    story.world.s3.faults.add({
      operation: 'GetObject',
      key: /^sources\//,
      times: 1,
      do: 'refuse',
      code: answer,
    })
    await story.world.startWorker()
    const [event] = await story.ended([id])
    expect(event).toMatchObject({ type: 'restyle.edit.failed', data: { failure: { code } } })
    expect(event?.data.failure?.message).toContain(images[0]?.replace('sha256:', ''))
    expect(story.world.dashscope.posts).toHaveLength(0)
  })
})
