import { type Cap, capOutlook, type SpendFacts } from './cap-outlook.ts'
import { dayColumns } from './course.ts'
import type { Row } from './spend.ts'

const one = 1_000_000
const day = (date: number) => Date.UTC(2026, 2, date) / 1_000
const row = (date: number, billed: number, reserved = 0): Row => ({
  name: `2026-03-0${date}`,
  currency: 'CNY',
  micros: billed * one,
  reservedMicros: reserved * one,
  releasedMicros: 0,
  images: 1,
})
const cap = (per: Cap['per'], micros: number, used: number): Cap => ({
  per,
  currency: 'CNY',
  micros: micros * one,
  billedMicros: used * one,
  reservedMicros: 0,
  freeMicros: (micros - used) * one,
})
/** Noon of the third day, of which twelve hours brought 24. */
const rows = [row(1, 40), row(2, 50, 6), row(3, 20, 4)]
const facts: SpendFacts = { rows, zone: 'UTC', now: Date.UTC(2026, 2, 3, 12) }

describe('the chart of days', () => {
  it('shows what was, and nothing else, where there is no cap', () => {
    expect(dayColumns(rows, 'CNY')).toEqual({
      days: [day(1), day(2), day(3)],
      billed: [40, 50, 20],
      reserved: [0, 6, 4],
      expected: [],
      rate: '',
      cap: [],
    })
    const dollars = [{ ...cap('day', 9, 0), currency: 'USD' as const }]
    expect(dayColumns(rows, 'CNY', dollars, facts)).toMatchObject({ expected: [], cap: [] })
  })

  it('goes on from the last whole day at the rate of today, which is that of the card', () => {
    const daily = cap('day', 100, 24)
    expect(dayColumns(rows, 'CNY', [daily], facts)).toEqual({
      days: [1, 2, 3, 4, 5].map(day),
      billed: [40, 50, 20, null, null],
      reserved: [0, 6, 4, null, null],
      // 24 in half a day
      expected: [null, 56, 48, 48, 48],
      rate: 'At the rate of today',
      cap: [100, 100, 100, 100, 100],
    })
    expect(capOutlook(daily, facts)).toMatchObject({ kind: 'not-today', spent: 48 * one })
  })

  it('has each later day as the card has today, however much more the days before had', () => {
    const slow = cap('day', 100, 6)
    const columns = dayColumns(rows, 'CNY', [slow, cap('total', 999, 120)], facts)
    expect(columns).toMatchObject({ expected: [null, 56, 12, 12, 12], rate: 'At the rate of today' })
    expect(capOutlook(slow, facts)).toMatchObject({ kind: 'not-today', spent: 12 * one })
  })

  it('goes by yesterday too in the first hour of a day, and says so', () => {
    const early = { ...facts, now: Date.UTC(2026, 2, 3, 0, 30) }
    // 56 and 1 in 24 hours and a half
    const daily = cap('day', 200, 1)
    const { expected, rate } = dayColumns(rows, 'CNY', [daily], early)
    expect(rate).toBe('At the rate since yesterday')
    expect(expected[3]).toBeCloseTo((57 / 24.5) * 24)
    expect(capOutlook(daily, early)).toMatchObject({ spent: expect.closeTo((expected[2] ?? 0) * one) })
  })

  it('never goes over the cap of a day', () => {
    const { expected } = dayColumns(rows, 'CNY', [cap('day', 30, 24)], facts)
    expect(expected).toEqual([null, 56, 30, 30, 30])
  })

  it('goes by the last days where only all of it is capped, and ends where that is reached', () => {
    // 120 in two days and a half
    const inAll = cap('total', 200, 120)
    const { days, expected, rate, cap: line } = dayColumns(rows, 'CNY', [inAll], facts)
    expect([days, expected, rate]).toEqual([
      [1, 2, 3, 4, 5].map(day),
      // 24 today, then 48, then what is left
      [null, 56, 48, 48, 8],
      'At the rate of the last 3 days',
    ])
    // 80 at 48 a day
    expect(capOutlook(inAll, facts)).toMatchObject({ kind: 'at', at: Date.UTC(2026, 2, 5, 4) })
    // a chart of days has no place for it
    expect(line).toEqual([])
    expect(dayColumns(rows, 'CNY', [cap('total', 130, 120)], facts).expected).toEqual([null, 56, 34])
  })

  it('begins today where there is no day before, and on a day without money', () => {
    const columns = dayColumns([], 'CNY', [cap('day', 100, 0)], { ...facts, rows: [] })
    expect(columns).toMatchObject({
      days: [3, 4, 5].map(day),
      billed: [null, null, null],
      expected: [0, 0, 0],
    })
  })

  it('draws the cap alone while there is no rate', () => {
    const early = { ...facts, rows: [], now: Date.UTC(2026, 2, 3, 0, 1) }
    const columns = dayColumns(rows, 'CNY', [cap('day', 100, 1)], early)
    expect(columns).toMatchObject({ expected: [], cap: [100, 100, 100] })
  })
})
