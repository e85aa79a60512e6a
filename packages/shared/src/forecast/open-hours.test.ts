import { alwaysOpen, openHours } from './open-hours.ts'

const berlin = openHours({ from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' })
const at = (iso: string) => Date.parse(iso)
const hours = (count: number) => count * 3600_000
const iso = (epoch: number) => new Date(epoch).toISOString()

describe('the open hours of a night', () => {
  it('are half open: 22:00 is in it, 06:00 is not', () => {
    expect(berlin.nextOpen(at('2026-01-10T21:00:00Z'))).toBe(at('2026-01-10T21:00:00Z'))
    expect(berlin.nextOpen(at('2026-01-11T04:59:59.999Z'))).toBe(at('2026-01-11T04:59:59.999Z'))
    expect(iso(berlin.nextOpen(at('2026-01-11T05:00:00Z')))).toBe('2026-01-11T21:00:00.000Z')
  })

  it('are seven when clocks go forward and nine when they go back', () => {
    const opensAt = at('2026-03-28T21:00:00Z')
    expect(iso(berlin.afterOpen(opensAt, hours(7)))).toBe('2026-03-29T04:00:00.000Z')
    expect(iso(berlin.afterOpen(opensAt, hours(7) + 1))).toBe('2026-03-29T20:00:00.001Z')
    expect(iso(berlin.afterOpen(at('2026-10-24T20:00:00Z'), hours(9)))).toBe('2026-10-25T05:00:00.000Z')
  })

  it('do not count while they are closed', () => {
    expect(iso(berlin.afterOpen(at('2026-01-10T12:00:00Z'), hours(1)))).toBe('2026-01-10T22:00:00.000Z')
    expect(iso(berlin.afterOpen(at('2026-01-10T12:00:00Z'), hours(80)))).toBe('2026-01-20T05:00:00.000Z')
  })

  it('are counted between two times', () => {
    expect(berlin.openBetween(at('2026-01-10T12:00:00Z'), at('2026-01-11T12:00:00Z'))).toBe(hours(8))
    expect(berlin.openBetween(at('2026-01-10T22:30:00Z'), at('2026-01-10T23:00:00Z'))).toBe(hours(0.5))
    expect(berlin.openBetween(at('2026-03-28T12:00:00Z'), at('2026-03-30T12:00:00Z'))).toBe(hours(15))
  })

  it('leave weekends out where that is said', () => {
    const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'] as const
    const worknights = openHours({ from: '22:00', to: '06:00', timeZone: 'Europe/Berlin', days })
    expect(iso(worknights.nextOpen(at('2026-01-17T05:00:00Z')))).toBe('2026-01-19T21:00:00.000Z')
  })

  it('may be asked for in any order', () => {
    const late = berlin.nextOpen(at('2027-01-10T12:00:00Z'))
    expect(iso(berlin.nextOpen(at('2026-01-10T12:00:00Z')))).toBe('2026-01-10T21:00:00.000Z')
    expect(berlin.nextOpen(at('2027-01-10T12:00:00Z'))).toBe(late)
  })
})

it('opens within the day where a window ends after it begins', () => {
  const day = openHours({ from: '09:30', to: '17:00', timeZone: 'America/New_York' })
  expect(iso(day.nextOpen(at('2026-07-01T21:00:00Z')))).toBe('2026-07-02T13:30:00.000Z')
  expect(iso(day.afterOpen(at('2026-07-01T20:59:00Z'), 120_000))).toBe('2026-07-02T13:31:00.000Z')
})

it('is always open without a window', () => {
  expect(alwaysOpen.afterOpen(5, 10)).toBe(15)
  expect(alwaysOpen.nextOpen(7)).toBe(7)
})

it('refuses a zone that does not exist', () => {
  expect(() => openHours({ from: '22:00', to: '06:00', timeZone: 'Europe/Atlantis' })).toThrow(RangeError)
})
