import { type Hours, openMs, textOfHours, windowAt } from './window.ts'

const night = { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' }
const at = (text: string): number => Date.parse(text)
const hourMs = 3600_000

const opening = (window: Hours, before: string): string[] => {
  const opens = windowAt(window, at(before))
  const closes = windowAt(window, opens.until)
  expect([opens.open, closes.open]).toEqual([false, true])
  return [opens.until, closes.until].map((ms) => new Date(ms).toISOString())
}

describe('a window', () => {
  it('has seven hours in the night in which clocks are put forward', () => {
    const [opens = '', closes = ''] = opening(night, '2026-03-28T12:00:00Z')
    expect([opens, closes]).toEqual(['2026-03-28T21:00:00.000Z', '2026-03-29T04:00:00.000Z'])
    expect(at(closes) - at(opens)).toBe(7 * hourMs)
  })

  it('has nine hours in the night in which they are put back', () => {
    const [opens = '', closes = ''] = opening(night, '2026-10-24T12:00:00Z')
    expect([opens, closes]).toEqual(['2026-10-24T20:00:00.000Z', '2026-10-25T05:00:00.000Z'])
    expect(at(closes) - at(opens)).toBe(9 * hourMs)
  })

  it('holds its beginning and not its end', () => {
    // a Friday's window, in winter
    expect(windowAt(night, at('2026-01-16T20:59:59.999Z')).open).toBe(false)
    expect(windowAt(night, at('2026-01-16T21:00:00Z')).open).toBe(true)
    expect(windowAt(night, at('2026-01-17T04:59:59.999Z')).open).toBe(true)
    expect(windowAt(night, at('2026-01-17T05:00:00Z')).open).toBe(false)
  })

  it('may lie within a day', () => {
    const noon = { from: '12:00', to: '13:30', timeZone: 'Asia/Kolkata' }
    expect(opening(noon, '2026-01-16T00:00:00Z')).toEqual([
      '2026-01-16T06:30:00.000Z',
      '2026-01-16T08:00:00.000Z',
    ])
  })

  it('does not open on a day that has none of its hours', () => {
    const short = { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' }
    expect(opening(short, '2026-03-28T12:00:00Z')).toEqual([
      '2026-03-30T00:00:00.000Z',
      '2026-03-30T01:00:00.000Z',
    ])
  })

  it('may open on some days of the week only, which are those on which it begins', () => {
    const worknights: Hours = { ...night, days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'] }
    // Friday 16 January 2026, until Saturday morning, and then on Monday
    expect(windowAt(worknights, at('2026-01-17T04:59:59Z'))).toEqual({
      open: true,
      until: at('2026-01-17T05:00:00Z'),
    })
    expect(windowAt(worknights, at('2026-01-17T05:00:00Z'))).toEqual({
      open: false,
      until: at('2026-01-19T21:00:00Z'),
    })
    expect(openMs(worknights, at('2026-01-16T00:00:00Z'), at('2026-01-19T12:00:00Z'))).toBe(
      5 * hourMs + 8 * hourMs,
    )
    const sunday: Hours = { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin', days: ['Sun'] }
    // which the wall does not show on 29 March
    expect(opening(sunday, '2026-03-23T12:00:00Z')).toEqual([
      '2026-04-05T00:00:00.000Z',
      '2026-04-05T01:00:00.000Z',
    ])
  })

  it.each<[string, Hours['days']]>([
    ['22:00 to 06:00 in Europe/Berlin', undefined],
    ['Mon-Fri 22:00 to 06:00 in Europe/Berlin', ['Fri', 'Mon', 'Tue', 'Wed', 'Thu']],
    ['Sat, Sun 22:00 to 06:00 in Europe/Berlin', ['Sat', 'Sun']],
    ['Mon, Wed, Fri 22:00 to 06:00 in Europe/Berlin', ['Mon', 'Wed', 'Fri']],
  ])('is written %s', (text, days) =>
    expect(textOfHours({ ...night, ...(days === undefined ? {} : { days }) })).toBe(text),
  )

  it('is open for as long as its nights are, whatever the clocks do', () => {
    expect(openMs(night, at('2026-03-28T12:00:00Z'), at('2026-03-29T12:00:00Z'))).toBe(7 * hourMs)
    expect(openMs(night, at('2026-10-24T12:00:00Z'), at('2026-10-26T12:00:00Z'))).toBe(17 * hourMs)
    expect(openMs(night, at('2026-03-28T22:00:00Z'), at('2026-03-28T23:00:00Z'))).toBe(hourMs)
  })

  it.each([
    ['2026-10-24T20:00:00Z', '2026-10-25T04:00:00.000Z'],
    ['2026-03-28T21:00:00Z', '2026-03-29T21:00:00.000Z'],
  ])('lets eight hours of work that begin at %s end at %s', (from, ends) => {
    const work = 8 * hourMs
    let [left, now] = [work, at(from)]
    while (left > 0) {
      const { open, until } = windowAt(night, now)
      const spent = open ? Math.min(left, until - now) : 0
      left -= spent
      now = left === 0 ? now + spent : until
    }
    expect(new Date(now).toISOString()).toBe(ends)
  })
})
