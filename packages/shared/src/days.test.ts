import { dayAfter, dayAt, daysBetween, daysFrom, isDay, startOfDay } from './days.ts'

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')
const hours = (zone: string, day: string): number =>
  (startOfDay(zone, dayAfter(day)) - startOfDay(zone, day)) / 3600_000

describe('the days of a time zone', () => {
  it('begin at its own midnight', () => {
    expect(iso(startOfDay('Asia/Shanghai', '2026-08-20'))).toBe('2026-08-19T16:00:00Z')
    expect(iso(startOfDay('UTC', '2026-08-20'))).toBe('2026-08-20T00:00:00Z')
    expect(iso(startOfDay('America/New_York', '2026-08-20'))).toBe('2026-08-20T04:00:00Z')
    expect(iso(startOfDay('Pacific/Kiritimati', '2026-08-20'))).toBe('2026-08-19T10:00:00Z')
    expect(iso(startOfDay('Asia/Kathmandu', '2026-08-20'))).toBe('2026-08-19T18:15:00Z')
  })

  it('have 23 to 25 hours where clocks change', () => {
    expect([hours('Europe/Berlin', '2026-10-25'), hours('Europe/Berlin', '2026-03-29')]).toEqual([25, 23])
    expect([hours('America/New_York', '2026-11-01'), hours('America/New_York', '2026-03-08')]).toEqual([
      25, 23,
    ])
    expect(hours('Australia/Lord_Howe', '2026-04-05')).toBe(24.5)
  })

  it('begin at the first instant of their date where midnight is left out', () => {
    // clocks go from 24:00 to 1:00
    expect(iso(startOfDay('Africa/Cairo', '2026-04-24'))).toBe('2026-04-23T22:00:00Z')
    expect(hours('Africa/Cairo', '2026-04-24')).toBe(23)
    expect(dayAt('Africa/Cairo', startOfDay('Africa/Cairo', '2026-04-24') - 1)).toBe('2026-04-23')
  })

  it.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Shanghai', 'Australia/Lord_Howe'])(
    'follow one another without a gap in a year of %s',
    (zone) => {
      const days = daysFrom(zone, Date.UTC(2026, 0, 5, 12), 365)
      expect(days).toHaveLength(365)
      for (const [i, { day, startsAt, endsAt }] of days.entries()) {
        expect([dayAt(zone, startsAt), dayAt(zone, endsAt - 1)]).toEqual([day, day])
        expect(days[i + 1]?.startsAt ?? endsAt).toBe(endsAt)
      }
    },
  )

  it('are counted without those that a zone left out', () => {
    const days = daysFrom('Pacific/Apia', Date.UTC(2011, 11, 29, 12), 3).map(({ day }) => day)
    expect(days).toEqual(['2011-12-29', '2011-12-31'])
  })

  it('know which texts are dates', () => {
    expect(['2026-02-28', '2026-02-30', '26-1-1', '2026-13-01'].map(isDay)).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect([daysBetween('2026-01-01', '2026-01-01'), daysBetween('2026-02-27', '2026-03-01')]).toEqual([1, 3])
    expect(daysBetween('2026-01-02', '2026-01-01')).toBe(0)
  })
})
