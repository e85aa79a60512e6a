import { type EditEvent, openStory, type Story } from './story.ts'

describe('an edit of four images', () => {
  let story: Story
  let ended: EditEvent | undefined

  beforeAll(async () => {
    story = await openStory()
    const id = await story.enqueue({ n: 4, key: 'mug' })
    ;[ended] = await story.ended([id])
  })
  afterAll(() => story.stop())

  it('is one task that costs four images', () => {
    expect(story.world.dashscope.posts).toMatchObject([{ n: 4, outcome: 'accepted' }])
    expect(story.world.dashscope.bill).toMatchObject({ images: 4, micros: 800_000 })
    expect(ended?.data.cost).toEqual({ currency: 'CNY', micros: 800_000 })
  })

  it('stores them under 0 to 3, each different, in the order the vendor gave them', () => {
    const served = story.world.dashscope.describe()[0]?.resultSha256 ?? []
    expect(new Set(served).size).toBe(4)
    const keys = served.map((_, index) => `local/${ended?.subject}/mug/${index}.png`)
    expect(ended?.data.images.map(({ key, sha256 }) => [key, sha256])).toEqual(
      keys.map((key, index) => [key, served[index]]),
    )
    expect(story.images().toSorted((a, b) => (a.key < b.key ? -1 : 1))).toMatchObject(
      keys.map((key, index) => ({ key, sha256: served[index], versionsWritten: 1 })),
    )
  })
})
