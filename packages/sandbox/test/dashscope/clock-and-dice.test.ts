import { beijingTime, readBeijingTime } from '../../src/dashscope/beijing-clock.ts'
import { logNormal, seededRandom } from '../../src/dashscope/dice.ts'
import { busiestSecond, tokenBucket } from '../../src/dashscope/quotas.ts'
import { handClock } from './talk.ts'

describe('the clock of Beijing', () => {
  it('is eight hours ahead and needs three digits after the point', () => {
    expect(beijingTime(Date.parse('2025-12-31T16:00:00.009Z'))).toBe('2026-01-01 00:00:00.009')
  })

  it('reads back what it wrote, and refuses days that are not', () => {
    expect(readBeijingTime('20260101000000')).toBe(Date.parse('2025-12-31T16:00:00.000Z'))
    expect(['20260231000000', '20260101250000', '2026-01-01', ''].map(readBeijingTime)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('the dice', () => {
  it('fall the same way for the same seed', () => {
    const [a, b, c] = [seededRandom(7), seededRandom(7), seededRandom(8)]
    const first = [a(), a(), a()]
    expect([b(), b(), b()]).toEqual(first)
    expect([c(), c(), c()]).not.toEqual(first)
  })

  it('spread durations around their median', () => {
    const random = seededRandom(1)
    const drawn = Array.from({ length: 2001 }, () => logNormal(random, 60_000, 0.3)).toSorted((a, b) => a - b)
    expect(drawn[1000]).toBeGreaterThan(57_000)
    expect(drawn[1000]).toBeLessThan(63_000)
    expect(drawn[0]).toBeGreaterThan(0)
  })
})

describe('the counters', () => {
  it('refill a bucket by the second and never beyond one second', () => {
    const clock = handClock()
    const bucket = tokenBucket(2, clock.now)
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false])
    clock.pass(500)
    expect([bucket.take(), bucket.take()]).toEqual([true, false])
    clock.pass(60_000)
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false])
  })

  it('remember the busiest second, wherever it began', () => {
    const clock = handClock()
    const busiest = busiestSecond(clock.now)
    for (const pause of [0, 600, 300, 200, 5000]) {
      clock.pass(pause)
      busiest.count()
    }
    expect(busiest.most).toBe(3)
  })
})
