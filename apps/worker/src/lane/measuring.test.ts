import { openMeasuring, openWindow } from './measuring.ts'

const [minute, hour] = [60_000, 3600_000]
const open = (since = 0) => openMeasuring({ queryPerSecond: 20, copiesBehind: 100 }, since)

describe('what a worker measures of a lane', () => {
  it('is nothing at first', () => {
    expect(open(1_000).read(3_000)).toEqual({
      forMs: 2_000,
      queries: 0,
      queryPerSecond: 20,
      throttled: { submits: 0, queries: 0 },
      lags: [],
      copiesBehind: 100,
    })
  })

  it('has the queries of the last minute alone', () => {
    const measuring = open()
    for (let at = 0; at < 2 * minute; at += 500) measuring.asked(at)
    expect(measuring.read(2 * minute - 1).queries).toBe(120)
    expect(measuring.read(2.5 * minute).queries).toBeLessThanOrEqual(60)
    expect(measuring.read(4 * minute).queries).toBe(0)
  })

  it('has what throttled it in the last hour, and the last of it', () => {
    const measuring = open()
    measuring.throttled('submits', 'Throttling', 0)
    measuring.throttled('queries', 'Throttling.RateQuota', 30 * minute)
    measuring.throttled('queries', 'Http429', 40 * minute)
    expect(measuring.read(50 * minute).throttled).toEqual({
      submits: 1,
      queries: 2,
      last: { code: 'Http429', agoMs: 10 * minute },
    })
    expect(measuring.read(95 * minute).throttled).toMatchObject({ submits: 0, queries: 1 })
    expect(measuring.read(3 * hour).throttled).toEqual({ submits: 0, queries: 0 })
  })

  it('keeps the last lags, each task once, and none that is older than an hour', () => {
    const measuring = open()
    for (let i = 0; i < 500; i += 1) measuring.sawEnd(`t${i}`, i + 0.4, i)
    const { lags } = measuring.read(1_000)
    expect(lags).toEqual(Array.from({ length: 50 }, (_, i) => 450 + i))
    // it was asked once more: that is no later end
    measuring.sawEnd('t499', 90_000, 2_000)
    expect(measuring.read(2_000).lags).toEqual(lags)
    // a clock that is ahead of ours tells of an end that is still to come
    measuring.sawEnd('early', -40, 3_000)
    expect(measuring.read(3_000).lags.at(-1)).toBe(0)
    expect(measuring.read(2 * hour).lags).toEqual([])
  })
})

it('a window keeps a count for each of its parts, however much happens', () => {
  const window = openWindow(minute, 60)
  for (let at = 0; at < 10_000_000; at += 997) window.add(at)
  // the part that has begun is one of them
  expect(window.sum(10_000_000)).toBeGreaterThan(58)
  expect(window.sum(10_000_000)).toBeLessThanOrEqual(61)
})
