import { openStory, type Story } from './story.ts'

const throttled = {
  type: 'status',
  status: 429,
  code: 'Throttling.RateQuota',
  message: 'Slow down.',
} as const

/** Seven edits against an account that now and then has enough of us; the quotas are those of the documents. */
describe.each(['queue', 'refuse'] as const)('an account that throttles us and would %s', (beyondLimit) => {
  let story: Story
  let ids: string[]
  beforeAll(async () => {
    story = await openStory({ dashscope: { beyondLimit, durations: { medianMs: 40_000, sigma: 0.5 } } })
    const { faults } = story.world.dashscope
    faults.add({ at: 'submit', do: throttled })
    faults.add({ at: 'submit', do: { ...throttled, retryAfter: '2' } })
    faults.add({ at: 'query', times: 3, do: throttled })
    faults.add({ at: 'query', do: { ...throttled, retryAfter: '1' } })
    ids = await story.enqueueMany(7)
  })
  afterAll(() => story.stop())

  it('still gets every edit done, each by one task', async () => {
    const ended = await story.ended(ids, 30_000)
    expect(ended.map(({ type }) => type)).toEqual(ids.map(() => 'restyle.edit.succeeded'))
    const { posts, bill } = story.world.dashscope
    expect(posts.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(7)
    expect(posts.filter(({ status }) => status === 429)).toHaveLength(2)
    expect(bill.images).toBe(7)
  })

  it('waits as long as it was asked to', () => {
    const { posts } = story.world.dashscope
    const asked = posts.findIndex(({ status }, i) => status === 429 && posts[i - 1]?.status === 429)
    const [refused, next] = [posts[asked], posts[asked + 1]]
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_950)
  })

  it('never goes beyond a quota', () => {
    const { counters } = story.world.dashscope
    expect(counters.throttled).toBe(0)
    // submits leave at least 200 ms apart; where the way to the vendor stalls, one may arrive with the next second's five
    expect(counters.mostSubmitsInASecond).toBeLessThanOrEqual(6)
    expect(counters.mostQueriesInASecond).toBeLessThanOrEqual(20)
    expect(counters.mostOpen).toBeLessThanOrEqual(5)
  })
})

describe('an account whose two models share few queries', () => {
  let story: Story
  beforeAll(async () => {
    const models = ['wan2.5-i2i-preview', 'wan2.7-image']
    const lanes = models.map((model) => ({ name: model, model, account: 'cn', queryPerSecond: 12 }))
    story = await openStory({
      env: { RESTYLE_LANES: JSON.stringify(lanes) },
      dashscope: { beyondLimit: 'refuse', queryPerSecond: 12 },
      workers: 2,
    })
    await story.ended([
      ...(await story.enqueueMany(6)),
      ...(await story.enqueueMany(6, { model: 'wan2.7-image' })),
    ])
  })
  afterAll(() => story.stop())

  it('is not asked more often than that by two workers', () => {
    const { counters } = story.world.dashscope
    expect(counters.throttled).toBe(0)
    expect(counters.polls).toBeGreaterThanOrEqual(12)
    // where the way to the vendor stalls, one may arrive with the next second's
    expect(counters.mostQueriesInASecond).toBeLessThanOrEqual(13)
  })
})

describe('an account with few places', () => {
  let story: Story
  beforeAll(async () => {
    const lane = { name: 'small', model: 'wan2.5-i2i-preview', running: 2, submitPerSecond: 50 }
    story = await openStory({
      env: { RESTYLE_LANES: JSON.stringify([lane]) },
      dashscope: {
        beyondLimit: 'refuse',
        quotas: { 'wan2.5-i2i-preview': { running: 2, submitPerSecond: 50 } },
        durations: { medianMs: 80_000, sigma: 0.2 },
      },
      workers: 2,
    })
  })
  afterAll(() => story.stop())

  it('is kept full by two workers, and never over', async () => {
    await story.ended(await story.enqueueMany(8))
    const { counters } = story.world.dashscope
    expect(counters).toMatchObject({ mostOpen: 2, submits: 8, throttled: 0 })
  })
})
