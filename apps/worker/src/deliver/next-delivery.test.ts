import {
  disableAfterMs,
  judge,
  pauseAfterMs,
  pauseOf,
  retryInMs,
  sharesOf,
  waitsMs,
  widthOf,
} from './next-delivery.ts'

const hour = 3600_000
const answered = (status: number, more = {}) => judge({ kind: 'status', status, text: '', ...more })

describe('a delivery', () => {
  it('is tried ten times within 75 h 35 min and 5 s, with jitter', () => {
    expect(waitsMs.reduce((sum, wait) => sum + wait, 0)).toBe(75 * hour + 35 * 60_000 + 5_000)
    expect(waitsMs).toHaveLength(10)
    expect(retryInMs(1, 0.5)).toBe(5_000)
    expect(retryInMs(9, 0.5)).toBe(24 * hour)
    expect(retryInMs(10, 0.5)).toBeUndefined()
    expect([retryInMs(4, 0), retryInMs(4, 1)]).toEqual([1.8 * hour, 2.2 * hour])
  })

  it('succeeded with 2xx alone', () => {
    for (const status of [200, 201, 204, 299])
      expect(answered(status)).toEqual({ delivered: true, gone: false })
    for (const status of [199, 301, 302, 304, 307, 308, 400, 404, 500])
      expect(answered(status)).toEqual({ delivered: false, gone: false })
    expect(judge({ kind: 'none', why: 'x' })).toEqual({ delivered: false, gone: false })
  })

  it('ends for good with 410', () => expect(answered(410)).toEqual({ delivered: false, gone: true }))

  it.each([429, 502, 503, 504])('asks for quiet with %i', (status) => {
    expect(answered(status)).toEqual({ delivered: false, gone: false, throttleMs: 0 })
    expect(answered(status, { retryAfterMs: 60_000 }).throttleMs).toBe(60_000)
  })

  it('is not sent after a failure for half a second, doubling to a minute', () => {
    expect([1, 2, 3, 8, 50].map((failures) => pauseAfterMs(failures, 0.5))).toEqual([
      500, 1_000, 2_000, 60_000, 60_000,
    ])
  })

  it('goes on at once after a round in which one of several succeeded', () => {
    const failed = answered(500)
    expect(pauseOf([failed, failed], { failures: 0 }, 0.5)).toBe(1_000)
    expect(pauseOf([failed, answered(200)], { failures: 0 }, 0.5)).toBeUndefined()
    expect(pauseOf([], { failures: 3 }, 0.5)).toBeUndefined()
  })

  it('waits as long as it was asked, a second at least', () => {
    expect(pauseOf([answered(429, { retryAfterMs: 120_000 }), answered(200)], { failures: 0 }, 0.5)).toBe(
      120_000,
    )
    expect(pauseOf([answered(429)], { failures: 0 }, 0.5)).toBe(1_000)
  })

  it('goes alone to an endpoint that fails, and with few to a slow one', () => {
    expect(widthOf({ failures: 0 }, 8)).toBe(8)
    expect(widthOf({ failures: 1 }, 8)).toBe(1)
    expect(widthOf({ failures: 0, slow: '1' }, 8)).toBe(2)
  })

  it('shares a round with what is tried again and what is replayed', () => {
    expect(sharesOf(8, { due: 20, replays: 1, turn: 0 })).toEqual({ due: 4, replay: 2 })
    expect(sharesOf(8, { due: 1, replays: 0, turn: 0 })).toEqual({ due: 1, replay: 0 })
    const turns = [0, 1, 2].map((turn) => sharesOf(1, { due: 5, replays: 1, turn }))
    expect(turns).toEqual([
      { due: 0, replay: 0 },
      { due: 1, replay: 0 },
      { due: 0, replay: 1 },
    ])
  })

  it('disables its endpoint after three days of failures, before the tenth attempt', () => {
    expect(disableAfterMs).toBe(72 * hour)
  })
})
