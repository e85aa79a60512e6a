import type { Usage } from '@restyle/client/types'
import { money } from '../app/format.ts'

export const groupings = ['day', 'batch', 'lane', 'producer'] as const
export type Grouping = (typeof groupings)[number]
export type Row = Usage['rows'][number]
export type Asked = { by: Grouping; days: number }

/** By batch the API tells 31 days at most. */
export const dayChoices = [7, 31, 90] as const

/** What an address says; a value that is none is the default. */
export function askedOf(params: URLSearchParams): Asked {
  const by = groupings.find((each) => each === params.get('by')) ?? 'day'
  const days = dayChoices.find((each) => String(each) === params.get('days')) ?? 7
  return { by, days: by === 'batch' ? Math.min(days, 31) : days }
}

/** Columns for a chart of one currency, days in order: seconds of epoch, then units of money. */
export function columnsOf(rows: readonly Row[], currency: string): [number[], number[], number[]] {
  const own = rows.filter((row) => row.currency === currency).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return [
    own.map(({ name }) => Date.parse(name) / 1_000),
    own.map(({ micros }) => micros / 1_000_000),
    own.map(({ reservedMicros }) => reservedMicros / 1_000_000),
  ]
}

/** What rows come to beside what the ledger itself counts, and whether that is the same. Of pages that are not there their sum counts. */
export function ledgerWords(
  { by, rows, totals, nextCursor }: Pick<Usage, 'by' | 'rows' | 'totals' | 'nextCursor'>,
  currency: string,
): { words: string; isSame: boolean } {
  const total = totals.find((each) => each.currency === currency)
  const own = rows.filter((row) => row.currency === currency)
  const [sum, said] = [
    nextCursor === undefined ? own.reduce((all, { micros }) => all + micros, 0) : (total?.micros ?? 0),
    total?.ledgerMicros ?? 0,
  ]
  const what = { day: 'days', batch: 'batches', lane: 'lanes', producer: 'producers' }[by]
  const words = `The ${what} sum to ${money(sum, currency)}; the ledger says ${money(said, currency)}.`
  return sum === said
    ? { words, isSame: true }
    : {
        words: `${words} ${money(Math.abs(sum - said), currency)} differ: something was billed while it was read, or was counted wrong.`,
        isSame: false,
      }
}

/** The rows as CSV; a cell that a spreadsheet would take for a formula begins with a quote. By batch each has its name too. */
export function csvOf(by: Grouping, rows: readonly Row[]): string {
  const lines = rows.map(({ name, batch, currency, micros, reservedMicros, releasedMicros, images }) =>
    [
      name,
      ...(by === 'batch' ? [batch?.name ?? ''] : []),
      currency,
      ...[micros, reservedMicros, releasedMicros].map((each) => each / 1_000_000),
      images,
    ]
      .map(cell)
      .join(','),
  )
  const head = `${by},${by === 'batch' ? 'name,' : ''}currency,billed,reserved,released,images`
  return [head, ...lines, ''].join('\r\n')
}

function cell(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
