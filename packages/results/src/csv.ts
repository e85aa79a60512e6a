import { formulaSafe } from '@restyle/manifest/formula-cell'
import type { ResultRow } from './result-row.ts'
import type { TableColumn } from './table.ts'

/** What a file of CSV begins with, so that Excel reads it as UTF-8; a pipe goes to a program, which does not want it. */
export const byteOrderMark = '\uFEFF'

/**
 * One cell of a CSV (RFC 4180). A text that a spreadsheet would run as a formula gets a leading apostrophe: keys and
 * error messages come from outside. Other delimiters are quoted too, for spreadsheets that split at those.
 */
export function escapeCell(text: string): string {
  const safe = formulaSafe(text)
  return /[",;|\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The names of columns, without the end of their line: more may follow. */
export const csvHeads = (columns: readonly TableColumn[]): string =>
  columns.map(({ head }) => escapeCell(head)).join(',')

export const csvHeader = (columns: readonly TableColumn[]): string => `${csvHeads(columns)}\r\n`

export const csvLine = (row: ResultRow, columns: readonly TableColumn[]): string =>
  `${columns.map(({ cell }) => escapeCell(cell(row))).join(',')}\r\n`
