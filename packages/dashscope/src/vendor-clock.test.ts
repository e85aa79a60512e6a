import { openVendorClock } from './vendor-clock.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const headerOf = (at: number) => new Date(at).toUTCString()

/** Answers of a clock that is so far ahead, each after so many ms. */
function heard(aheadMs: readonly number[], tookMs: readonly number[]) {
  const clock = openVendorClock()
  for (const [i, ahead] of aheadMs.entries()) {
    const sentAt = noon + i * 1_370
    const took = tookMs[i] ?? 100
    clock.note(headerOf(sentAt + took / 2 + ahead), sentAt, sentAt + took)
  }
  return clock
}

describe("the vendor's clock", () => {
  it('is known to less than a second after some answers, slow ones among them', () => {
    const { least = 0, most = 0 } =
      heard([600_000, 600_000, 600_000, 600_000], [100, 9_000, 80, 100]).read(noon) ?? {}
    expect(least).toBeLessThanOrEqual(600_000)
    expect(most).toBeGreaterThanOrEqual(600_000)
    expect(most - least).toBeLessThan(1_000)
  })

  it.each([
    [600_000, { least: 0, most: 601_000, few: true }],
    [-600_000, { least: -601_000, most: 0, few: true }],
  ])('after one or two answers of a clock that is %i ms ahead may be so, or as ours is', (ahead, told) => {
    const { least = NaN, most = NaN, few } = heard([ahead, ahead], []).read(noon) ?? {}
    expect(few).toBe(true)
    expect(Math.abs(least - told.least)).toBeLessThan(1_100)
    expect(Math.abs(most - told.most)).toBeLessThan(1_100)
  })

  it('is not believed for ever', () => {
    expect(heard([5_000, 5_000, 5_000], []).read(noon + 3600_000)).toBeUndefined()
  })

  it('is all that it was said to be, where several clocks answer', () => {
    const { least = 0, most = 0 } = heard([0, 60_000, 0, 60_000], []).read(noon) ?? {}
    expect(least).toBeLessThanOrEqual(0)
    expect(most).toBeGreaterThanOrEqual(60_000)
  })

  it('is not learned from what is no date', () => {
    const clock = openVendorClock()
    for (const date of [undefined, '', 'soon', 'x']) clock.note(date, noon, noon)
    expect(clock.read(noon)).toBeUndefined()
  })
})
