import { faultOfZone, instantOf, instantsOf, wallAt } from './wall-clock.ts'

const wall = (text: string): number => Date.parse(`${text}Z`)
const iso = (at: number): string => new Date(at).toISOString().slice(0, 16)

describe('the wall of a zone', () => {
  it('shows the time of its clocks', () => {
    expect(wallAt('Europe/Paris', Date.parse('2026-03-29T00:59:59Z'))).toBe(wall('2026-03-29T01:59:59'))
    expect(wallAt('Europe/Paris', Date.parse('2026-03-29T01:00:00Z'))).toBe(wall('2026-03-29T03:00:00'))
    expect(wallAt('Asia/Kathmandu', Date.parse('2026-01-01T00:00:00Z'))).toBe(wall('2026-01-01T05:45:00'))
  })

  it.each([
    ['Europe/Paris', '2026-03-29T02:30', [], '2026-03-29T01:30'],
    ['Europe/Paris', '2026-10-25T02:30', ['2026-10-25T00:30', '2026-10-25T01:30'], '2026-10-25T00:30'],
    ['America/New_York', '2026-03-08T02:30', [], '2026-03-08T07:30'],
    ['America/New_York', '2026-11-01T01:30', ['2026-11-01T05:30', '2026-11-01T06:30'], '2026-11-01T05:30'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', ['2026-04-04T14:45', '2026-04-04T15:15'], '2026-04-04T14:45'],
    ['Australia/Lord_Howe', '2026-10-04T02:15', [], '2026-10-03T15:45'],
    ['America/Sao_Paulo', '2018-11-04T00:00', [], '2018-11-04T03:00'],
    ['Africa/Casablanca', '2026-02-15T02:30', ['2026-02-15T01:30', '2026-02-15T02:30'], '2026-02-15T01:30'],
    ['UTC', '2026-10-25T02:30', ['2026-10-25T02:30'], '2026-10-25T02:30'],
    ['Pacific/Apia', '2011-12-30T12:00', [], '2011-12-30T22:00'],
  ])('%s shows %s at %j, and by that %s is meant', (zone, shows, at, meant) => {
    expect(instantsOf(zone, wall(shows)).shown.map(iso)).toEqual(at)
    expect(iso(instantOf(zone, wall(shows)))).toBe(meant)
  })

  it.each(['Europe/Paris', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3'])('is %s', (name) => {
    expect(faultOfZone(name)).toBeUndefined()
  })

  it.each(['', '+02:00', 'Europe/Nowhere', 'Paris', 'Europe/Paris ', 'x'.repeat(65), 'UTC\n', 'new york'])(
    'is not %j',
    (name) => {
      expect(faultOfZone(name)).toContain('is not the name of a time zone')
    },
  )

  it('is named where only its city was', () => {
    expect(faultOfZone('Paris')).toContain('Europe/Paris is one')
    expect(faultOfZone('new york')).toContain('America/New_York is one')
  })
})
