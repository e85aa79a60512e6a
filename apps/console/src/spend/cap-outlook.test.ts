import { type Cap, capOutlook, dayRate, daysRate, outlookWords, type SpendFacts } from './cap-outlook.ts'
import type { Row } from './spend.ts'

const one = 1_000_000
const cap = (billed: number, more: Partial<Cap> = {}): Cap => {
  const { micros = 100 * one, reservedMicros = 0 } = more
  const billedMicros = billed * one
  return {
    per: 'day',
    currency: 'CNY',
    micros,
    billedMicros,
    reservedMicros,
    freeMicros: micros - billedMicros - reservedMicros,
    ...more,
  }
}
const row = (name: string, billed: number, more: Partial<Row> = {}): Row => ({
  name,
  currency: 'CNY',
  micros: billed * one,
  reservedMicros: 0,
  releasedMicros: 0,
  images: 1,
  ...more,
})
const at = (text: string): number => Date.parse(text)
const facts = (now: string, rows: Row[] = [], zone = 'UTC'): SpendFacts => ({ rows, zone, now: at(now) })
const noon = '2026-03-02T12:00:00Z'
const total = (billed: number, more: Partial<Cap> = {}) => cap(billed, { per: 'total', ...more })

describe('a cap of a day', () => {
  it('is reached when what was spent today goes on', () => {
    const outlook = capOutlook(cap(60), facts(noon))
    expect(outlook).toEqual({
      kind: 'at',
      at: at('2026-03-02T20:00:00Z'),
      rate: { over: 'today', perHour: 5 * one },
    })
    expect(outlookWords(cap(60), outlook, at(noon), 'UTC')).toBe(
      'At this rate (¥5 an hour today) it is reached about 20:00 today.',
    )
  })

  it('counts what is reserved as spent', () => {
    const reserved = cap(30, { reservedMicros: 30 * one })
    expect(capOutlook(reserved, facts(noon))).toEqual(capOutlook(cap(60), facts(noon)))
    expect(capOutlook(cap(40, { reservedMicros: 60 * one }), facts(noon))).toMatchObject({ kind: 'reached' })
  })

  it('is not reached before the day ends where the rate is too low, to the second', () => {
    const slow = capOutlook(cap(24), facts(noon))
    expect(slow).toMatchObject({ kind: 'not-today', spent: 48 * one })
    expect(outlookWords(cap(24), slow, at(noon), 'UTC')).toBe(
      'Not before the day ends. At this rate (¥2 an hour today) the day comes to ¥48 of ¥100.',
    )
    expect(capOutlook(cap(50), facts(noon)).kind).toBe('not-today')
    expect(capOutlook(cap(50.01), facts(noon)).kind).toBe('at')
  })

  it('begins anew at the midnight of the producer’s zone, not of this person’s', () => {
    // 20:00 in Shanghai: four hours are left of its day
    const soon = capOutlook(cap(90), facts(noon, [], 'Asia/Shanghai'))
    expect(soon).toMatchObject({ kind: 'at', rate: { perHour: 4.5 * one } })
    expect(capOutlook(cap(80), facts(noon, [], 'Asia/Shanghai')).kind).toBe('not-today')
    const reached = capOutlook(cap(100), facts(noon, [], 'Asia/Shanghai'))
    expect(reached).toEqual({ kind: 'reached', until: at('2026-03-02T16:00:00Z') })
    expect(outlookWords(cap(100), reached, at(noon), 'UTC')).toBe(
      'It is reached: nothing goes before the day ends, 16:00.',
    )
  })

  it('that is overdrawn is reached', () => {
    expect(capOutlook(cap(101), facts(noon)).kind).toBe('reached')
  })

  it('is not reached where nothing is spent', () => {
    const idle = capOutlook(cap(0), facts(noon, [row('2026-03-01', 90)]))
    expect(idle).toEqual({ kind: 'idle', rate: { over: 'today', perHour: 0 } })
    expect(outlookWords(cap(0), idle, at(noon), 'UTC')).toBe(
      'Nothing was spent today: at this rate it is not reached before the day ends.',
    )
  })

  it('goes by yesterday too while its day has just begun, and without one is not known', () => {
    const early = '2026-03-02T00:06:00Z'
    const yesterday = [row('2026-03-01', 95), row('2026-03-01', 900, { currency: 'USD' })]
    expect(dayRate(cap(1.4), facts(early, yesterday))).toEqual({ over: 'yesterday', perHour: 4 * one })
    const unknown = capOutlook(cap(1), facts(early))
    expect(unknown).toEqual({ kind: 'unknown' })
    expect(outlookWords(cap(1), unknown, at(early), 'UTC')).toContain('just begun')
    expect(dayRate(cap(2), facts('2026-03-02T00:30:00Z'))).toEqual({ over: 'today', perHour: 4 * one })
  })
})

describe('a cap in all', () => {
  const days = [
    row('2026-02-20', 500),
    row('2026-02-28', 20),
    row('2026-03-01', 60, { reservedMicros: 15 * one }),
    row('2026-03-02', 25),
    row('2026-03-02', 900, { currency: 'USD' }),
  ]

  it('is reached at the rate of the last week, from its first day with money on', () => {
    const rate = daysRate('CNY', facts(noon, days))
    // 120 in two days and a half
    expect(rate).toEqual({ over: 'days', days: 3, perHour: 2 * one })
    const outlook = capOutlook(total(40), facts(noon, days))
    expect(outlook).toMatchObject({ kind: 'at', at: at(noon) + 30 * 3600_000 })
    expect(outlookWords(total(40), outlook, at(noon), 'UTC')).toBe(
      'At this rate (¥48 a day in the last 3 days) it is reached about tomorrow 18:00.',
    )
  })

  it('has no midnight at which it begins anew', () => {
    const reached = capOutlook(total(100), facts(noon, days))
    expect(reached).toEqual({ kind: 'reached' })
    expect(outlookWords(total(100), reached, at(noon), 'UTC')).toContain('until it is raised')
  })

  it('may be further than anybody looks, or never be reached', () => {
    const far = total(0, { micros: 1_000_000 * one })
    const outlook = capOutlook(far, facts(noon, days))
    expect(outlook.kind).toBe('far')
    expect(outlookWords(far, outlook, at(noon), 'UTC')).toContain('not reached within a year')
    const idle = capOutlook(total(1), facts(noon, [days[0] ?? row('', 0)]))
    expect(idle).toEqual({ kind: 'idle', rate: { over: 'days', days: 7, perHour: 0 } })
    expect(outlookWords(total(1), idle, at(noon), 'UTC')).toBe(
      'Nothing was spent in the last 7 days: at this rate it is not reached.',
    )
  })

  it('has no rate where the first money was spent minutes ago', () => {
    const just = facts('2026-03-02T00:10:00Z', [row('2026-03-02', 1)])
    expect(capOutlook(total(1), just)).toEqual({ kind: 'unknown' })
  })
})
