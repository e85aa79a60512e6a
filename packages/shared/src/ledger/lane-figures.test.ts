import { type LaneFigures, mergeFigures } from './lane-figures.ts'

const hour = 3600_000
const figures = (more: Partial<LaneFigures>): LaneFigures => ({
  forMs: 2 * hour,
  queries: 0,
  queryPerSecond: 20,
  throttled: { submits: 0, queries: 0 },
  lags: [],
  copiesBehind: 100,
  ...more,
})

describe('the figures of a lane', () => {
  it('are unknown where no worker has said any', () => {
    expect(mergeFigures([], 0)).toBeUndefined()
  })

  it('are the sums of what its workers said, each over the time that it has measured', () => {
    const said = [
      { agoMs: 0, figures: figures({ queries: 120, throttled: { submits: 1, queries: 2 } }) },
      {
        agoMs: 4_000,
        figures: figures({ forMs: 10_000, queries: 30, throttled: { submits: 4, queries: 0 } }),
      },
      // it has just begun: a fraction of a second is no rate
      { agoMs: 1_000, figures: figures({ forMs: 100, queries: 2 }) },
    ]
    expect(mergeFigures(said, 10 * hour)).toEqual({
      workers: 3,
      queriesPerSecond: 2 + 3 + 2,
      queryPerSecond: 20,
      throttled: { submits: 5, queries: 2, since: 9 * hour },
      copiesBehind: 100,
    })
  })

  it('say since when they count where no worker is an hour old', () => {
    const said = [
      { agoMs: 2_000, figures: figures({ forMs: 60_000 }) },
      { agoMs: 0, figures: figures({ forMs: 5_000 }) },
    ]
    expect(mergeFigures(said, hour)?.throttled.since).toBe(hour - 62_000)
  })

  it('tell of the last answer that throttled, whoever got it', () => {
    const at = (code: string, agoMs: number) => ({ submits: 1, queries: 0, last: { code, agoMs } })
    const said = [
      { agoMs: 0, figures: figures({ throttled: at('Throttling', 9_000) }) },
      { agoMs: 4_000, figures: figures({ throttled: at('Throttling.RateQuota', 2_000) }) },
      { agoMs: 0, figures: figures({}) },
    ]
    expect(mergeFigures(said, hour)?.throttled.last).toEqual({
      code: 'Throttling.RateQuota',
      at: hour - 6_000,
    })
  })

  it('have the lags of all in one row: half are within p50, all but one in twenty within p95', () => {
    const some = Array.from({ length: 10 }, (_, i) => 100 * (i + 1))
    const others = Array.from({ length: 10 }, (_, i) => 100 * (i + 11))
    const said = [
      { agoMs: 0, figures: figures({ lags: others }) },
      { agoMs: 0, figures: figures({ lags: some }) },
    ]
    expect(mergeFigures(said, hour)?.lag).toEqual({ tasks: 20, p50Ms: 1_000, p95Ms: 1_900 })
    expect(mergeFigures([{ agoMs: 0, figures: figures({ lags: [7] }) }], hour)?.lag).toEqual({
      tasks: 1,
      p50Ms: 7,
      p95Ms: 7,
    })
  })
})
