/**
 * One cell of a CSV (RFC 4180). What a spreadsheet would run as a formula gets a leading apostrophe: a key or an error
 * message comes from outside.
 */
export function escapeCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
