import { listWindow } from './list-window.ts'

const now = 1_800_000_000_000
const minute = 60_000
const window = { from: now - 70_000, leaseUntil: now - 61_000 }

describe('the window of the list', () => {
  it('allows for two minutes to both sides as long as nobody knows the vendor’s clock', () => {
    const { from, to } = listWindow(window, now, undefined, 2 * minute)
    expect([window.from - from, to - window.leaseUntil]).toEqual([2 * minute, 2 * minute])
  })

  it.each([600_000, -600_000])(
    'follows a clock that is %i ms ahead, with half a minute to both sides',
    (ahead) => {
      const offset = { least: ahead - 300, most: ahead + 300 }
      const { from, to } = listWindow(window, now, offset, 2 * minute)
      expect([from, to]).toEqual([window.from + ahead - 30_300, window.leaseUntil + ahead + 30_300])
    },
  )

  it('goes back no further than the vendor remembers, by its own clock', () => {
    const old = { from: now - 30 * 60 * minute, leaseUntil: now - 29 * 60 * minute }
    expect(listWindow(old, now, { least: 0, most: 5_000 }, 2 * minute).from).toBe(
      now + 5_000 - 24 * 60 * minute + minute,
    )
  })

  it('allows for two minutes around all that a few answers told', () => {
    const { from, to } = listWindow(window, now, { least: 0, most: 600_000, few: true }, 2 * minute)
    expect([from, to]).toEqual([window.from - 2 * minute, window.leaseUntil + 12 * minute])
  })

  it.each([
    [23 * 60, true],
    [24 * 60, false],
  ])('is whole while the times that the vendor tells are %i minutes apart: %s', (apart, whole) => {
    const offset = { least: 0, most: apart * minute }
    expect(listWindow(window, now, offset, 2 * minute).whole).toBe(whole)
  })
})
