import { numberText, type CellText } from './number-text.ts'
import type { Workbook } from './open-workbook.ts'

/** A cell as the file has it: its type and style, its formula, value and inline text where it has them. */
export type RawCell = {
  type: string
  style: number
  /** It belongs to a picture that is placed in the cell. */
  rich: boolean
  formula?: string
  value?: string
  inline?: string
}

/** What a cell shows, and where a formula links to: '' where only the formula knows. */
export type ReadCell = CellText & { link?: string }

const embedded = 'is a picture within the sheet, which is not read: write its address or its file name'

/** What the cell at `place` (`B7`) shows; a formula by the value that was stored with it. */
export function readCell(
  cell: RawCell,
  place: string,
  book: Pick<Workbook, 'texts' | 'codeOf' | 'from1904'>,
): ReadCell {
  const { formula = '', value } = cell
  const picture = /\bIMAGE\(\s*"([^"]*)"/i.exec(formula)?.[1]
  if (picture !== undefined) return { kind: 'text', text: picture }
  if (cell.rich || /\bDISPIMG\(/i.test(`${formula} ${value ?? ''}`))
    return { kind: 'fault', detail: embedded }
  const shown = shownBy(cell, place, book)
  if (shown.kind === 'text' && /\bDISPIMG\(/i.test(shown.text)) return { kind: 'fault', detail: embedded }
  if (!/^\s*HYPERLINK\(/i.test(formula)) return shown
  return { ...shown, link: /^\s*HYPERLINK\(\s*"([^"]*)"\s*[,)]/i.exec(formula)?.[1] ?? '' }
}

function shownBy(
  { type, style, formula, value, inline }: RawCell,
  place: string,
  { texts, codeOf, from1904 }: Pick<Workbook, 'texts' | 'codeOf' | 'from1904'>,
): CellText {
  if (type === 'inlineStr') return { kind: 'text', text: unescaped(inline ?? '') }
  if (value === undefined) {
    if (formula === undefined) return { kind: 'text', text: '' }
    const detail = `is a formula without a stored value (${place}); open the workbook in a spreadsheet and save it`
    return { kind: 'fault', detail }
  }
  switch (type) {
    case 's': {
      const text = texts.at(Number(value))
      if (text === undefined)
        return { kind: 'fault', detail: `names a text that the workbook lacks (${place})` }
      return { kind: 'text', text: unescaped(text) }
    }
    case 'str':
      return { kind: 'text', text: unescaped(value) }
    case 'b':
      return { kind: 'text', text: value === '1' || value === 'true' ? 'TRUE' : 'FALSE' }
    case 'e':
      return { kind: 'fault', detail: `is the error ${value.slice(0, 20)} (${place})` }
    case 'd':
      return { kind: 'text', text: value }
    default: {
      const code = codeOf(style)
      if (code !== undefined) return numberText(value, { code, from1904 })
      return { kind: 'fault', detail: `has a number format that depends on the language (${place})` }
    }
  }
}

/** Characters that XML cannot hold are written `_x000D_` in a workbook. */
const unescaped = (text: string): string =>
  text.replaceAll(/_x([0-9A-F]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
