import type { Cap, SpendFacts } from './cap-outlook.ts'
import { dayColumns } from './course.ts'
import type { Row } from './spend.ts'

const one = 1_000_000
const day = (date: number) => Date.UTC(2026, 2, date) / 1_000
const row = (date: number, billed: number, reserved = 0): Row => ({
  name: `2026-03-0${date}`,
  currency: 'CNY',
  micros: billed * one,
  reservedMicros: reserved * one,
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
      cap: [],
    })
    expect(
      dayColumns(
        rows,
        'CNY',
        [cap('day', 9, 0)].map((each) => ({ ...each, currency: 'USD' })),
        facts,
      ),
    ).toMatchObject({ expected: [], cap: [] })
  })

  it('goes on from the last whole day: today at its rate, later days as the last ones were', () => {
    const columns = dayColumns(rows, 'CNY', [cap('day', 100, 24)], facts)
    expect(columns).toEqual({
      days: [1, 2, 3, 4, 5].map(day),
      billed: [40, 50, 20, null, null],
      reserved: [0, 6, 4, null, null],
      // 120 in two days and a half
      expected: [null, 56, 48, 48, 48],
      cap: [100, 100, 100, 100, 100],
    })
  })

  it('never goes over the cap of a day', () => {
    const { expected } = dayColumns(rows, 'CNY', [cap('day', 30, 24)], facts)
    expect(expected).toEqual([null, 56, 30, 30, 30])
  })

  it('ends where the cap in all is reached', () => {
    const { days, expected, cap: line } = dayColumns(rows, 'CNY', [cap('total', 200, 120)], facts)
    expect([days, expected]).toEqual([
      [1, 2, 3, 4, 5].map(day),
      // 24 today, then 48, then what is left
      [null, 56, 48, 48, 8],
    ])
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
