import { format as formatNumber, isDateFormat } from 'numfmt'

/** What a cell shows, or why nobody can say; `detail` continues after the name of its column. */
export type CellText = { kind: 'text'; text: string } | { kind: 'fault'; detail: string }

/** How a number of a cell is written: the code of its style, and whether days count from 1904. */
export type NumberStyle = { code: string; from1904: boolean }

/** Excel keeps fifteen digits of a number, and writes zeros for the others. */
const keptDigits = 15

/** Between the two ways to count days. */
const daysTo1904 = 1462

/** The formats that have a number instead of a code; those of dates depend on the reader's language, so these are ISO 8601. */
const builtIn: Readonly<Record<number, string>> = {
  0: 'General',
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  9: '0%',
  10: '0.00%',
  11: '0.00E+00',
  12: '# ?/?',
  13: '# ??/??',
  14: 'yyyy-mm-dd',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'yyyy-mm-dd hh:mm',
  37: '#,##0 ;(#,##0)',
  38: '#,##0 ;[Red](#,##0)',
  39: '#,##0.00;(#,##0.00)',
  40: '#,##0.00;[Red](#,##0.00)',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss.0',
  48: '##0.0E+0',
  49: '@',
}

/** The code of a format that has a number; undefined where it has none that is the same in every language. */
export const builtInFormat = (id: number): string | undefined => builtIn[id]

/** The text that a spreadsheet shows for a number, in English; `raw` as the file has it. */
export function numberText(raw: string, { code, from1904 }: NumberStyle): CellText {
  const value = Number(raw)
  if (raw.trim() === '' || !Number.isFinite(value)) return { kind: 'fault', detail: 'holds no number' }
  if (Math.abs(value) >= 10 ** keptDigits)
    return {
      kind: 'fault',
      detail: `is a number of more than ${keptDigits} digits, of which the workbook keeps ${keptDigits}; format the column as text and write it again`,
    }
  if (/^(General|@)?$/i.test(code)) return { kind: 'text', text: plainNumber(value) }
  const spelled = inIso(code)
  const days = from1904 && isDateFormat(spelled) ? value + daysTo1904 : value
  try {
    const text = formatNumber(spelled, days, { nbsp: false }).trim()
    if (text !== '' && !/^#+$/.test(text)) return { kind: 'text', text }
  } catch {
    // a code that nobody can read is told as one that shows nothing
  }
  return { kind: 'fault', detail: `has a number format that shows no text (${code.slice(0, 50)})` }
}

/** Digits as they were typed: the sixteenth of a fraction is noise of the arithmetic. */
const plainNumber = (value: number): string => String(Number(value.toPrecision(keptDigits)))

/** The long date and the time of the reader's system. */
const inIso = (code: string): string =>
  code.startsWith('[$-F800]') ? 'yyyy-mm-dd' : code.startsWith('[$-F400]') ? 'hh:mm:ss' : code
