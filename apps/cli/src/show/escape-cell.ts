/**
 * One cell of a CSV (RFC 4180). A text that a spreadsheet would run as a formula gets a leading apostrophe: keys and
 * error messages come from outside.
 */
export function escapeCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
