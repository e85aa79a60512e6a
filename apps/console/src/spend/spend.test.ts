import { askedOf, columnsOf, csvOf, firstDay, type Row } from './spend.ts'

const row = (name: string, micros: number, currency: 'CNY' | 'USD' = 'CNY'): Row => ({
  name,
  currency,
  micros,
  reservedMicros: 200_000,
  images: 1,
})

it('reads an address, and falls back where it says nothing known', () => {
  expect(askedOf(new URLSearchParams('by=lane&days=90'))).toEqual({ by: 'lane', days: 90 })
  expect(askedOf(new URLSearchParams('by=x&days=1000'))).toEqual({ by: 'day', days: 7 })
  expect(askedOf(new URLSearchParams('by=batch&days=90')).days).toBe(31)
  expect(firstDay(7, Date.UTC(2026, 2, 8, 3))).toBe('2026-03-02')
})

it('gives a chart the days of one currency in order', () => {
  const rows = [row('2026-03-02', 2_000_000), row('2026-03-01', 1_500_000), row('2026-03-01', 9, 'USD')]
  expect(columnsOf(rows, 'CNY')).toEqual([
    [Date.UTC(2026, 2, 1) / 1_000, Date.UTC(2026, 2, 2) / 1_000],
    [1.5, 2],
    [0.2, 0.2],
  ])
})

it('writes CSV that no spreadsheet takes for a formula', () => {
  expect(csvOf('batch', [row('=cmd()', 1_000_000), row('a,"b"', 0), row('-', 0)])).toBe(
    'batch,currency,billed,reserved,images\r\n\'=cmd(),CNY,1,0.2,1\r\n"a,""b""",CNY,0,0.2,1\r\n\'-,CNY,0,0.2,1\r\n',
  )
})
