import { rangesOf, rangesText } from './selection.ts'

/** What one call may ask for. */
const mostRowsPerCall = 200

/** Rows that were read, rows that are being read, and what the screen wants now. */
export type RowsFacts = {
  wanted: readonly number[]
  has: (row: number) => boolean
  /** Calls under way, each with its rows. */
  calls: readonly { rows: readonly number[] }[]
}

/** `stop`: calls of which nobody wants a row any more. `read`: the rows of the next call. */
export type RowsPlan = { stop: readonly number[]; read: readonly number[] }

const mostCalls = 2

/** Decides what to read. What is scrolled past is given up, so that what is on the screen does not wait for it. */
export function planRows({ wanted, has, calls }: RowsFacts): RowsPlan {
  const wants = new Set(wanted)
  const stop = calls.flatMap(({ rows }, at) => (rows.some((row) => wants.has(row)) ? [] : [at]))
  const kept = calls.filter((_, at) => !stop.includes(at))
  const coming = new Set(kept.flatMap(({ rows }) => rows))
  const missing = [...wants].filter((row) => !has(row) && !coming.has(row))
  return { stop, read: kept.length < mostCalls ? missing.slice(0, mostRowsPerCall) : [] }
}

/** `3,9,40-60`, as the API takes them. */
export const rowsText = (rows: readonly number[]): string =>
  rangesText(rangesOf(rows.toSorted((a, b) => a - b)))
