import { formulaSafe } from '@restyle/manifest/formula-cell'

/**
 * One cell of a CSV (RFC 4180). A text that a spreadsheet would run as a formula gets a leading apostrophe: keys and
 * error messages come from outside. Other delimiters are quoted too, for spreadsheets that split at those.
 */
export function escapeCell(text: string): string {
  const safe = formulaSafe(text)
  return /[",;|\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
