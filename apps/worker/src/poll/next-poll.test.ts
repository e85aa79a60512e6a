import { afterSilenceMs, defaultSchedule, earlyMs, nextPollMs } from './next-poll.ts'

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

describe('the first query', () => {
  it('comes when a task can be done', () => {
    expect(earlyMs(0, defaultSchedule)).toBe(8_000)
    expect(earlyMs(9_000, defaultSchedule)).toBeLessThanOrEqual(0)
  })

  it('does not wait for a clock that is an hour ahead of ours, nor does the next one', () => {
    expect(earlyMs(-3_600_000, defaultSchedule)).toBe(0)
    expect(nextPollMs(-3_600_000, defaultSchedule, middle)).toBe(8_000)
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
