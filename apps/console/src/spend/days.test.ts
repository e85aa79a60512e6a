import { dayAfter, dayIn, dayOf, daysApart } from './days.ts'

const at = (text: string): number => Date.parse(text)
const iso = ({ startsAt, endsAt }: ReturnType<typeof dayOf>) => [
  new Date(startsAt).toISOString(),
  new Date(endsAt).toISOString(),
]

describe('a day', () => {
  it('has the date of its zone', () => {
    expect(dayIn('UTC', at('2026-03-02T23:30:00Z'))).toBe('2026-03-02')
    expect(dayIn('Asia/Shanghai', at('2026-03-02T23:30:00Z'))).toBe('2026-03-03')
    expect(dayIn('America/Los_Angeles', at('2026-03-02T03:00:00Z'))).toBe('2026-03-01')
  })

  it.each([
    ['UTC', '2026-03-02T15:30:12Z', '2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z'],
    ['Asia/Shanghai', '2026-03-02T15:59:59Z', '2026-03-01T16:00:00.000Z', '2026-03-02T16:00:00.000Z'],
    ['Asia/Shanghai', '2026-03-02T16:00:00Z', '2026-03-02T16:00:00.000Z', '2026-03-03T16:00:00.000Z'],
    // the clocks are put forward, and back
    ['Europe/Paris', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['Europe/Paris', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['Asia/Kathmandu', '2026-03-02T18:14:59.500Z', '2026-03-01T18:15:00.000Z', '2026-03-02T18:15:00.000Z'],
  ])('in %s at %s lasts from %s to %s', (zone, now, starts, ends) => {
    expect(iso(dayOf(zone, at(now)))).toEqual([starts, ends])
  })

  it('is so many after another one', () => {
    expect(dayAfter('2026-02-28')).toBe('2026-03-01')
    expect(dayAfter('2026-03-01', -7)).toBe('2026-02-22')
    expect(daysApart('2026-02-22', '2026-03-01')).toBe(7)
  })
})
