import { type EditEvent, openStory, type Story } from './story.ts'

describe('an edit of four images, of which one is not made', () => {
  let story: Story
  let refused: EditEvent | undefined
  let missing: EditEvent | undefined
  let none: EditEvent | undefined

  beforeAll(async () => {
    story = await openStory()
    const { faults } = story.world.dashscope
    const only = (prompt: string) => (facts: { prompt?: string | undefined }) => facts.prompt === prompt
    faults.add({ at: 'task', match: only('refused'), do: { type: 'fail-some', images: 1 } })
    faults.add({ at: 'task', match: only('missing'), do: { type: 'lose-some', images: 1 } })
    faults.add({ at: 'task', match: only('none'), do: { type: 'fail-some', images: 4 } })
    const ids = [
      await story.enqueue({ n: 4, prompt: 'refused' }),
      await story.enqueue({ n: 4, prompt: 'missing' }),
      await story.enqueue({ n: 4, prompt: 'none' }),
    ]
    ;[refused, missing, none] = await story.ended(ids)
  })
  afterAll(() => story.stop())

  it('succeeds with the three that were, and says why the fourth is not there', () => {
    expect(refused?.type).toBe('restyle.edit.succeeded')
    expect(refused?.data.images).toMatchObject([
      { index: 0, contentType: 'image/png' },
      { index: 1, contentType: 'image/png' },
      { index: 2, contentType: 'image/png' },
      { index: 3, failure: { code: 'DataInspectionFailed' } },
    ])
    expect(refused?.data.images[3]).not.toHaveProperty('key')
  })

  it('notices that one is missing without a word', () => {
    expect(missing?.data.images).toMatchObject([
      { index: 0 },
      { index: 1 },
      { index: 2 },
      { index: 3, failure: { code: 'Missing' } },
    ])
  })

  it('fails where none was made', () => {
    expect(none).toMatchObject({
      type: 'restyle.edit.failed',
      data: { state: 'failed', failure: { code: 'DataInspectionFailed' }, cost: { micros: 0 } },
    })
  })

  it('pays for what was made, and releases the rest of what was reserved', async () => {
    expect(story.world.dashscope.bill.images).toBe(6)
    expect(story.images()).toHaveLength(6)
    expect([refused, missing].map((event) => event?.data.cost.micros)).toEqual([600_000, 600_000])
    const spend = await story.world.redis.hgetall('{restyle}:spend:local')
    expect(spend).toMatchObject({ reserved: '0', billed: '1200000', images: '6' })
  })
})
