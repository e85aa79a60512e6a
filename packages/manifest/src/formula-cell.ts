/*
 * A cell of a table that a spreadsheet would run as a formula gets an apostrophe in front, and loses it when it is read.
 * Numbers run nothing and stay as they are, so that keys such as -100 can be joined.
 */

/** What begins a formula, after blanks; the full-width signs are taken for the others in Chinese and Japanese offices. */
const starts = String.raw`\s*[=+\-@＝＋－＠\t\r]`
const number = /^[+-]?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?$/i
const runs = new RegExp(`^${starts}`)
// with apostrophes of its own in front it would be read back as another text
const disguised = new RegExp(`^'+${starts}`)

/** The text as a table holds it; `cellOfFormula` gives it back. */
export const formulaSafe = (text: string): string =>
  (runs.test(text) && !number.test(text)) || disguised.test(text) ? `'${text}` : text

/** The text that a cell of a table stands for: one apostrophe before the start of a formula is not a part of it. */
export const cellOfFormula = (cell: string): string => (disguised.test(cell) ? cell.slice(1) : cell)
