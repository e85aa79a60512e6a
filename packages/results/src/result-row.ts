/** An image of a row: `index` counts from 0; `key` and `sha256` where it is in the bucket. */
export type ResultImage = {
  index: number
  key?: string | undefined
  sha256?: string | undefined
  url?: string | undefined
  urlExpiresAt?: string | undefined
}

/** What became of a row, as the API tells it. Money is in micros of its currency; `row` counts from 0. */
export type ResultRow = {
  id: string
  row?: number | undefined
  key: string
  state: string
  prompt: string
  images: readonly ResultImage[]
  failure?: { code: string; message: string } | undefined
  cost: { currency: string; micros: number }
  sources: readonly string[]
  /** What a person thinks of it. */
  verdict?: { verdict: string; note?: string | undefined } | undefined
  createdAt?: string | undefined
  updatedAt?: string | undefined
  /** The catalog's own columns. */
  columns?: Readonly<Record<string, string>> | undefined
}

/** A row whose record cannot be read: it is among the results all the same, so that every row is there once. */
export const unreadableRow = (row: { id: string; row: number; key?: string; why: string }): ResultRow => ({
  id: row.id,
  row: row.row,
  key: row.key ?? '',
  state: 'unreadable',
  prompt: '',
  images: [],
  failure: { code: 'Unreadable', message: row.why },
  cost: { currency: 'CNY', micros: 0 },
  sources: [],
})

/** What was read of a row. `unreadable`: its record cannot be read, or is gone; `key` where it is known all the same. */
type RowRead =
  | { kind: 'result'; result: ResultRow }
  | { kind: 'unreadable'; id: string; row: number; key: string | undefined; why: string }

/** The row as every table has it, be it readable or not. */
export function rowOfOutcome(read: RowRead): ResultRow {
  if (read.kind === 'result') return read.result
  const { id, row, key, why } = read
  return unreadableRow({ id, row, why, ...(key === undefined ? {} : { key }) })
}
