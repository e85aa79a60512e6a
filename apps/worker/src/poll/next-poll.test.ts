import { afterSilenceMs, defaultSchedule, nextPollMs } from './next-poll.ts'

const middle = 0.5

describe('nextPollMs', () => {
  it('asks nothing before a task can be done', () => {
    expect(nextPollMs(0, defaultSchedule, middle)).toBe(8_000)
    expect(nextPollMs(7_999, defaultSchedule, middle)).toBe(1)
  })

  it.each([
    [8_000, 1_000],
    [30_000, 2_400],
    [60_000, 4_800],
    [120_000, 9_600],
    [3_600_000, 10_000],
  ])('asks about a task of %i ms again after %i ms', (ageMs, ms) => {
    expect(nextPollMs(ageMs, defaultSchedule, middle)).toBeCloseTo(ms)
  })

  it('spreads tasks that began together by a tenth to each side', () => {
    expect(nextPollMs(60_000, defaultSchedule, 0)).toBeCloseTo(4_320)
    expect(nextPollMs(60_000, defaultSchedule, 1)).toBeCloseTo(5_280)
  })
})

describe('afterSilenceMs', () => {
  it('waits as long as it was asked to', () => {
    expect(afterSilenceMs(defaultSchedule, 30_000, middle)).toBe(30_000)
    expect(afterSilenceMs(defaultSchedule, 0, middle)).toBe(0)
  })

  it('asks less often than before where nobody said how long', () => {
    expect(afterSilenceMs(defaultSchedule, undefined, 0)).toBe(2_000)
    expect(afterSilenceMs(defaultSchedule, undefined, 1)).toBe(5_000)
  })
})
