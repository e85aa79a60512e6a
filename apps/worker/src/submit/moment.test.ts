import { moment, sinceMs } from './moment.ts'

const then = { monotonicMs: 1_000, wallMs: 1_800_000_000_000 }
const later = (monotonicMs: number, wallMs: number) => ({
  monotonicMs: then.monotonicMs + monotonicMs,
  wallMs: then.wallMs + wallMs,
})

describe('the time since a moment', () => {
  it.each([
    ['both clocks went on', 500, 500, 500],
    ['the machine was suspended, and the monotonic clock stood still', 10, 40_000, 40_000],
    ['the wall clock was set back', 500, -3600_000, 500],
    ['the wall clock was set forward', 500, 3600_000, 3600_000],
  ])('where %s is the larger of the two', (_, monotonic, wall, since) => {
    expect(sinceMs(then, later(monotonic, wall))).toBe(since)
  })

  it('begins at nothing', () => {
    expect(sinceMs(moment())).toBeLessThan(1_000)
  })
})
