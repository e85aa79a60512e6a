import type { Usage } from '@restyle/client/types'

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

/** The first day (`2026-03-02`) of so many that end with the day of `now`, in UTC. */
export const firstDay = (days: number, now: number): string =>
  new Date(now - (days - 1) * 86_400_000).toISOString().slice(0, 10)

/** Columns for a chart of one currency, days in order: seconds of epoch, then units of money. */
export function columnsOf(rows: readonly Row[], currency: string): [number[], number[], number[]] {
  const own = rows.filter((row) => row.currency === currency).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return [
    own.map(({ name }) => Date.parse(name) / 1_000),
    own.map(({ micros }) => micros / 1_000_000),
    own.map(({ reservedMicros }) => reservedMicros / 1_000_000),
  ]
}

/** The rows as CSV; a cell that a spreadsheet would take for a formula begins with a quote. */
export function csvOf(by: Grouping, rows: readonly Row[]): string {
  const lines = rows.map(({ name, currency, micros, reservedMicros, images }) =>
    [name, currency, micros / 1_000_000, reservedMicros / 1_000_000, images].map(cell).join(','),
  )
  return [`${by},currency,billed,reserved,images`, ...lines, ''].join('\r\n')
}

function cell(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
