import type { Lane } from '@restyle/client/types'
import { openStory, type Story, until } from './story.ts'

const throttled = {
  type: 'status',
  status: 429,
  code: 'Throttling.RateQuota',
  message: 'Slow down.',
} as const
const edits = 8

/** Two workers and an account that has enough of us now and then. */
describe('a lane that two workers work', () => {
  let story: Story
  beforeAll(async () => {
    story = await openStory({ workers: 2, dashscope: { durations: { medianMs: 400_000, sigma: 0.2 } } })
  })
  afterAll(() => story.stop())

  const look = async (): Promise<Lane> => {
    const { status, body } = await story.call('GET', '/v1/lanes')
    expect(status).toBe(200)
    const [lane] = (body as { lanes: Lane[] }).lanes
    if (lane === undefined) throw new Error('no lane')
    return lane
  }
  /** Once it is so: workers tell every few seconds. */
  const seen = (isSo: (lane: Lane) => boolean): Promise<Lane> => {
    let last: Lane | undefined
    return until(
      async () => {
        last = await look()
        return isSo(last) && last
      },
      30_000,
      () => JSON.stringify(last),
    )
  }

  it('says before anything happened what goes, what an image costs, and nothing that it does not know', async () => {
    const lane = await seen(({ now }) => now?.workers === 2)
    expect(lane).toMatchObject({
      limits: {
        submits: { perSecond: 5, configured: 5 },
        queries: { perSecond: 20, configured: 20 },
      },
      now: { queriesPerSecond: 0, throttled: { submits: 0, queries: 0 } },
      price: { currency: 'CNY', micros: 200_000, source: 'models' },
    })
    expect(lane.now).not.toHaveProperty('lag')
    expect(lane.now?.throttled).not.toHaveProperty('last')
  })

  it('says that less goes while the vendor wants quiet, until when, and why', async () => {
    story.world.dashscope.faults.add({ at: 'submit', do: { ...throttled, retryAfter: '8' } })
    const ids = await story.enqueueMany(1)
    const held = await seen(
      ({ limits, now }) => limits.submits.perSecond === 0 && now?.throttled.submits === 1,
    )
    const { because } = held.limits.submits
    expect(because).toMatchObject({ code: 'throttled', detail: expect.stringContaining(throttled.code) })
    const left = Date.parse(because?.until ?? '') - Date.now()
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(8_000)
    // what it asks is another budget
    expect(held.limits.queries).toEqual({ perSecond: 20, configured: 20 })
    await story.ended(ids)
    await seen(({ limits }) => limits.submits.perSecond === 5)
  })

  it('adds up what both workers asked and were refused, and how late they saw the ends', async () => {
    const { dashscope, ledger } = story.world
    dashscope.faults.add({ at: 'query', times: 3, do: throttled })
    await story.ended(await story.enqueueMany(edits - 1))
    const lane = await seen(
      ({ now }) => now?.lag?.tasks === edits && now.throttled.queries === 3 && now.queriesPerSecond > 0,
    )
    expect(lane.now?.throttled).toMatchObject({ submits: 1, last: { code: throttled.code } })
    const age = Date.now() - Date.parse(lane.now?.throttled.last?.at ?? '')
    expect(age).toBeGreaterThanOrEqual(0)
    expect(age).toBeLessThan(60_000)
    // every question of both, and no more: nothing is asked twice in a count
    const now = await ledger.now()
    const said = await ledger.lanes.figuresOf(story.lane, now)
    const asked = said.reduce((sum, { figures }) => sum + figures.queries, 0)
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThanOrEqual(dashscope.counters.polls + dashscope.counters.lists + 3)
    // as late as the vendor saw itself asked, but for the way there and back
    const late = dashscope
      .tasks()
      .flatMap(({ endedAt, toldAt }) =>
        endedAt === undefined || toldAt === undefined ? [] : [toldAt - endedAt],
      )
    const { p50Ms = 0, p95Ms = 0 } = lane.now?.lag ?? {}
    expect(late).toHaveLength(edits)
    expect(p50Ms).toBeGreaterThanOrEqual(late.toSorted((a, b) => a - b)[edits / 2 - 1] ?? Infinity)
    expect(p95Ms).toBeGreaterThanOrEqual(Math.max(...late))
    expect(p95Ms).toBeLessThan(Math.max(...late) + 2_000)
  })
})

describe('a lane whose worker stops', () => {
  it('says soon that none runs, and nothing that the worker has measured', async () => {
    const story = await openStory({ workers: 0 })
    try {
      const look = async () => ((await story.call('GET', '/v1/lanes')).body as { lanes: Lane[] }).lanes[0]
      const worker = await story.world.startWorker()
      await until(async () => (await look())?.now?.workers === 1)
      await worker.stop()
      const gone = await until(async () => {
        const lane = await look()
        return lane?.now === undefined && lane
      }, 40_000)
      expect(gone.limits).toMatchObject({ submits: { perSecond: 0, because: { code: 'no-worker' } } })
      expect(gone.limits).not.toHaveProperty('queries')
      // what was announced stays
      expect(gone.price).toMatchObject({ micros: 200_000 })
    } finally {
      await story.stop()
    }
  })
})
