import fc from 'fast-check'
import { afterSilenceMs, defaultSchedule, earlyMs, nextPollMs } from './next-poll.ts'

const middle = 0.5
const seen = { soonestMs: 40_000, usualMs: 60_000 }
const [unseen, plenty] = [
  { seen: undefined, fairMs: 0 },
  { seen, fairMs: 0 },
]

/** The ages at which a task is asked about that ends at `endMs`. */
function queriesOf(endMs: number, facts: typeof plenty | typeof unseen): number[] {
  const ages = [defaultSchedule.firstMs]
  for (let age = ages[0] ?? 0; age < endMs;) {
    age += nextPollMs({ ageMs: age, ...facts }, defaultSchedule, middle)
    ages.push(age)
  }
  return ages
}

describe('nextPollMs', () => {
  it('asks nothing before a task can be done', () => {
    expect(nextPollMs({ ageMs: 0, ...plenty }, defaultSchedule, middle)).toBe(8_000)
    expect(nextPollMs({ ageMs: 7_999, ...plenty }, defaultSchedule, middle)).toBe(1)
  })

  it.each([
    ['is young', 10_000, 2_000],
    ['will soon be as old as the first that end', 30_500, 1_500],
    ['is as old as the first that end', 32_000, 1_000],
    ['is as old as most', 60_000, 1_000],
    ['is three times as old as usual', 180_000, 1_000],
    ['is slower than any', 200_000, 4_000],
    ['is an hour old', 3_600_000, 10_000],
  ])('asks about a task that %s (%i ms) again after %i ms', (_, ageMs, ms) => {
    expect(nextPollMs({ ageMs, ...plenty }, defaultSchedule, middle)).toBeCloseTo(ms)
  })

  it('asks every second from the first query on where no task was seen yet, for six minutes', () => {
    for (const ageMs of [8_000, 20_000, 120_000, 360_000])
      expect(nextPollMs({ ageMs, ...unseen }, defaultSchedule, middle)).toBeCloseTo(1_000)
    expect(nextPollMs({ ageMs: 400_000, ...unseen }, defaultSchedule, middle)).toBeGreaterThan(5_000)
  })

  it('spreads tasks that began together by a tenth to each side', () => {
    expect(nextPollMs({ ageMs: 60_000, ...plenty }, defaultSchedule, 0)).toBeCloseTo(900)
    expect(nextPollMs({ ageMs: 60_000, ...plenty }, defaultSchedule, 1)).toBeCloseTo(1_100)
  })

  it('asks less often where the account has many tasks, at any age', () => {
    for (const ageMs of [20_000, 60_000, 3_600_000])
      expect(nextPollMs({ ageMs, seen, fairMs: 25_000 }, defaultSchedule, middle)).toBeCloseTo(25_000)
  })

  const facts = {
    ageMs: fc.integer({ min: 8_000, max: 48 * 3600_000 }),
    soonestMs: fc.integer({ min: 0, max: 600_000 }),
    over: fc.integer({ min: 0, max: 600_000 }),
    fairMs: fc.integer({ min: 0, max: 60_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  }

  it('asks never more often than the budget and once a second, and never more seldom than either allows', () => {
    fc.assert(
      fc.property(fc.record(facts), ({ ageMs, soonestMs, over, fairMs, jitter }) => {
        const durations = { soonestMs, usualMs: soonestMs + over }
        const ms = nextPollMs({ ageMs, seen: durations, fairMs }, defaultSchedule, jitter)
        expect(ms).toBeGreaterThanOrEqual(Math.max(fairMs, 1_000) * 0.9 - 1e-6)
        expect(ms).toBeLessThanOrEqual(Math.max(fairMs, 10_000) * 1.1 + 1e-6)
      }),
    )
  })

  it('learns of the end of a task that takes as long as others within little more than a second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 32_000, max: 180_000 }), (endMs) => {
        expect((queriesOf(endMs, plenty).at(-1) ?? 0) - endMs).toBeLessThanOrEqual(1_500)
      }),
    )
  })

  it('asks about a task that takes an hour not ten times as often as about one of three minutes', () => {
    expect(queriesOf(60_000, plenty).length).toBeLessThan(40)
    expect(queriesOf(180_000, plenty).length).toBeLessThan(160)
    expect(queriesOf(3_600_000, plenty).length).toBeLessThan(550)
  })
})

describe('the first query', () => {
  it('comes when a task can be done', () => {
    expect(earlyMs(0, defaultSchedule)).toBe(8_000)
    expect(earlyMs(9_000, defaultSchedule)).toBeLessThanOrEqual(0)
  })

  it('does not wait for a clock that is an hour ahead of ours, nor does the next one', () => {
    expect(earlyMs(-3_600_000, defaultSchedule)).toBe(0)
    expect(nextPollMs({ ageMs: -3_600_000, ...plenty }, defaultSchedule, middle)).toBe(8_000)
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
