import fc from 'fast-check'
import { fairMs, limiterOf, type QueryUse } from './query-budget.ts'

/** What take-token.lua does, on a clock of its own (µs). */
function openLimiter(perSecond: number) {
  let due = 0
  return (now: number, use: QueryUse): boolean => {
    const { intervalMicros, burst } = limiterOf(perSecond, use)
    if (Math.max(due, now) - now > intervalMicros * (burst - 1)) return false
    due = Math.max(due, now) + intervalMicros
    return true
  }
}

const second = 1_000_000
const use = fc.constantFrom<QueryUse>('poll', 'lookUp')

describe('the query budget of an account', () => {
  it('is never exceeded in any second, however polls and look-ups come', () => {
    // a flood that lasts longer than a second, after a quiet in which tokens were saved
    const gap = fc.integer({ min: 0, max: 5_000 })
    const asks = fc.array(fc.tuple(gap, use), { minLength: 300, maxLength: 600 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), asks, (perSecond, gaps) => {
        const take = openLimiter(perSecond)
        const taken: number[] = []
        let now = 0
        for (const [gap, each] of gaps) {
          now += gap
          if (take(now, each)) taken.push(now)
        }
        // the (perSecond + 1)th after any query comes a second later
        for (const [i, at] of taken.entries())
          expect((taken[i + perSecond] ?? Infinity) - at).toBeGreaterThanOrEqual(second)
      }),
      // a failing flood of hundreds would be shrunk for minutes
      { endOnFailure: true },
    )
  })

  it('has a token for a look-up at any moment, however many polls want it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 200 }),
        fc.integer({ min: 0, max: 3 * second }),
        (perSecond, at) => {
          const take = openLimiter(perSecond)
          for (let now = 0; now <= at; now += 1_000) while (take(now, 'poll'));
          expect(take(at, 'lookUp')).toBe(true)
        },
      ),
    )
  })

  it('is not used up by polls where each running task is asked about as often as is fair', () => {
    expect(fairMs(5, 20)).toBeLessThan(1_000)
    expect(fairMs(14, 20)).toBeCloseTo(1_000)
    expect(fairMs(100, 20)).toBeGreaterThan(7_000)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 200 }),
        (running, perSecond) => {
          // the jitter asks a tenth sooner at most
          const polled = (running * 1_000) / (fairMs(running, perSecond) * 0.9)
          expect(polled).toBeLessThan(second / limiterOf(perSecond, 'poll').intervalMicros)
        },
      ),
    )
  })
})
