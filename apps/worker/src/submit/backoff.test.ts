import { throttleMs } from './backoff.ts'

describe('throttleMs', () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
    [2, 4_000],
    [4, 16_000],
    [5, 20_000],
    [1_000, 20_000],
  ])('waits after %i times about %i ms', (times, ms) => {
    expect(throttleMs(times, () => 0.5)).toBe(ms)
  })

  it('spreads those who were throttled together', () => {
    expect(throttleMs(0, () => 0)).toBe(500)
    expect(throttleMs(0, () => 1)).toBe(1_500)
  })
})
