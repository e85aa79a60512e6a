import { askedOf, columnsOf, csvOf, ledgerWords, type Row } from './spend.ts'

const row = (name: string, micros: number, currency: 'CNY' | 'USD' = 'CNY'): Row => ({
  name,
  currency,
  micros,
  reservedMicros: 200_000,
  releasedMicros: 0,
  images: 1,
})

it('reads an address, and falls back where it says nothing known', () => {
  expect(askedOf(new URLSearchParams('by=lane&days=90'))).toEqual({ by: 'lane', days: 90 })
  expect(askedOf(new URLSearchParams('by=x&days=1000'))).toEqual({ by: 'day', days: 7 })
  expect(askedOf(new URLSearchParams('by=batch&days=90')).days).toBe(31)
})

it('gives a chart the days of one currency in order', () => {
  const rows = [row('2026-03-02', 2_000_000), row('2026-03-01', 1_500_000), row('2026-03-01', 9, 'USD')]
  expect(columnsOf(rows, 'CNY')).toEqual([
    [Date.UTC(2026, 2, 1) / 1_000, Date.UTC(2026, 2, 2) / 1_000],
    [1.5, 2],
    [0.2, 0.2],
  ])
})

describe('the line about the ledger', () => {
  const sums = { reservedMicros: 0, releasedMicros: 0, images: 1 }
  const total = (micros: number, ledgerMicros: number) => [
    { ...sums, currency: 'CNY' as const, micros, ledgerMicros },
    { ...sums, currency: 'USD' as const, micros: 9, ledgerMicros: 9 },
  ]
  const rows = [row('2026-03-02', 2_000_000), row('2026-03-01', 1_500_000), row('2026-03-01', 9, 'USD')]

  it('sums the rows of its currency, and says that the ledger has the same', () => {
    expect(ledgerWords({ by: 'day', rows, totals: total(3_500_000, 3_500_000) }, 'CNY')).toEqual({
      words: 'The days sum to ¥3.50; the ledger says ¥3.50.',
      isSame: true,
    })
  })

  it('says by how much they differ, also where the sum of the answer does not', () => {
    const { words, isSame } = ledgerWords({ by: 'lane', rows, totals: total(4_000_000, 4_000_000) }, 'CNY')
    expect(words).toMatch(/^The lanes sum to ¥3\.50; the ledger says ¥4\. ¥0\.50 differ: /)
    expect(isSame).toBe(false)
  })

  it('takes the sum of the answer where more rows than these are in it', () => {
    const more = { by: 'batch' as const, rows, totals: total(9_000_000, 9_000_000), nextCursor: 'x' }
    expect(ledgerWords(more, 'CNY')).toMatchObject({ isSame: true })
  })
})

it('writes CSV that no spreadsheet takes for a formula', () => {
  expect(csvOf('lane', [row('=cmd()', 1_000_000), row('a,"b"', 0), row('-', 0)])).toBe(
    'lane,currency,billed,reserved,released,images\r\n\'=cmd(),CNY,1,0.2,0,1\r\n"a,""b""",CNY,0,0.2,0,1\r\n\'-,CNY,0,0.2,0,1\r\n',
  )
})

it('writes the name of a batch beside its id, and no formula out of it either', () => {
  const named = { ...row('batch_1', 1_000_000), batch: { name: '@SUM(A1)' } }
  expect(csvOf('batch', [named, row('batch_2', 0)])).toBe(
    "batch,name,currency,billed,reserved,released,images\r\nbatch_1,'@SUM(A1),CNY,1,0.2,0,1\r\nbatch_2,,CNY,0,0.2,0,1\r\n",
  )
})
