import { copyAgainMs, triedForMs } from './copy-again.ts'

const hour = 3600_000
const middle = 0.5

describe('triedForMs', () => {
  it('leaves out the time that the edit waited in the backlog', () => {
    expect(triedForMs({ createdAt: 0, renderedAt: 20 * hour }, 21 * hour)).toBe(hour)
    // one that an older version rendered
    expect(triedForMs({ createdAt: 0 }, 21 * hour)).toBe(21 * hour)
  })
})

describe('copyAgainMs', () => {
  it.each([
    [0, 1_000],
    [100_000, 10_000],
    [hour, 60_000],
    [20 * hour, 60_000],
  ])('waits a tenth of the %i ms that it went on: %i ms', (sinceMs, ms) => {
    expect(copyAgainMs(sinceMs, 24 * hour, middle)).toBeCloseTo(ms)
  })

  it.each([
    [20 * 60_000, 60_000],
    [10 * 60_000, 30_000],
    [60_000, 3_000],
    [10_000, 500],
    [1, 500],
  ])('hurries when %i ms are left: %i ms', (leftMs, ms) => {
    expect(copyAgainMs(hour, leftMs, middle)).toBeCloseTo(ms)
  })

  it('does not spin for an address that is dead: what is left waits on a disk', () => {
    expect(copyAgainMs(hour, 0, middle)).toBe(60_000)
    expect(copyAgainMs(hour, -hour, middle)).toBe(60_000)
  })

  it('spreads images that failed together by a fifth to each side', () => {
    expect(copyAgainMs(hour, 24 * hour, 0)).toBeCloseTo(48_000)
    expect(copyAgainMs(hour, 24 * hour, 1)).toBeCloseTo(72_000)
  })
})
