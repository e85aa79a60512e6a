import { Zip, ZipDeflate, strToU8 } from 'fflate'
import type { ResultRow } from './result-row.ts'
import type { TableColumn } from './table.ts'

/*
 * Writes the table as an .xlsx workbook with one sheet, while its rows come: nothing of it is held. Cells hold text and
 * numbers alone, so nothing runs, and addresses are text: a sheet takes 65,530 links and no more.
 */

/** A cell takes so many UTF-16 units. */
const mostOfCell = 32_767
const cutMark = '… (cut)'

/** Sheets are compressed in pieces of about so many characters. */
const pieceLength = 32 * 1024

/** The same rows make the same bytes, whenever and wherever they are written. */
const written = new Date(2000, 0, 1)

/** Rows, with the head, that a sheet takes. */
export const mostSheetRows = 1_048_576

/** The bytes of the workbook, piece by piece. Throws a `RangeError` where there are more rows than a sheet takes. */
export async function* xlsxOf(
  columns: readonly TableColumn[],
  rows: AsyncIterable<ResultRow> | Iterable<ResultRow>,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = []
  let fault: Error | undefined
  const zip = new Zip((error, bytes) => {
    if (error) fault = error
    else ready.push(bytes)
  })
  const take = function* (): Generator<Uint8Array> {
    if (fault !== undefined) throw fault
    yield* ready.splice(0)
  }
  for (const [name, text] of parts) {
    const file = new ZipDeflate(name, { level: 3 })
    file.mtime = written
    zip.add(file)
    file.push(strToU8(text), true)
  }
  const sheet = new ZipDeflate('xl/worksheets/sheet1.xml', { level: 3 })
  sheet.mtime = written
  zip.add(sheet)
  let text = `${sheetBegin}${headOf(columns)}`
  let number = 1
  for await (const row of rows) {
    number += 1
    if (number > mostSheetRows) throw new RangeError(`a sheet takes ${mostSheetRows} rows`)
    text += rowOf(columns, row, number)
    if (text.length < pieceLength) continue
    sheet.push(strToU8(text))
    text = ''
    yield* take()
  }
  sheet.push(strToU8(`${text}${sheetEnd}`), true)
  zip.end()
  yield* take()
}

function headOf(columns: readonly TableColumn[]): string {
  const cells = columns.map(({ head }, i) => textCell(head, `${nameOf(i)}1`, ' s="1"'))
  return `<row r="1">${cells.join('')}</row>`
}

function rowOf(columns: readonly TableColumn[], row: ResultRow, number: number): string {
  const cells = columns.map(({ cell, number: isNumber }, i) => {
    const [value, place] = [cell(row), `${nameOf(i)}${number}`]
    if (value === '') return ''
    return isNumber === true ? `<c r="${place}"><v>${value}</v></c>` : textCell(value, place)
  })
  return `<row r="${number}">${cells.join('')}</row>`
}

const textCell = (text: string, place: string, style = ''): string =>
  `<c r="${place}" t="inlineStr"${style}><is><t xml:space="preserve">${escaped(text)}</t></is></c>`

/** A cell's text as XML: what XML cannot hold is left out, and what a cell cannot hold is cut with a mark. */
function escaped(text: string): string {
  const whole = text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex -- these are what XML 1.0 refuses
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
  const kept =
    whole.length > mostOfCell
      ? `${whole.slice(0, mostOfCell - cutMark.length).replace(/[\ud800-\udbff]$/, '')}${cutMark}`
      : whole
  return (
    kept
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // a reader of XML makes a line feed of it, unless it is written so
      .replaceAll('\r', '&#13;')
      // Excel's own way to write a character: as text it would be read as one
      .replaceAll(/_(x[0-9a-f]{4}_)/gi, '_x005F_$1')
  )
}

/** `A` to `Z`, `AA` and so on. */
export function nameOf(column: number): string {
  const letter = String.fromCodePoint(65 + (column % 26))
  return column < 26 ? letter : `${nameOf(Math.floor(column / 26) - 1)}${letter}`
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packaged = 'http://schemas.openxmlformats.org/package/2006'
const typeOf = (kind: string) => `application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml`

/** What a workbook has besides its sheet. */
const parts: readonly (readonly [name: string, text: string])[] = [
  [
    '[Content_Types].xml',
    `${head}<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${typeOf('sheet.main')}"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${typeOf('worksheet')}"/><Override PartName="/xl/styles.xml" ContentType="${typeOf('styles')}"/></Types>`,
  ],
  [
    '_rels/.rels',
    `${head}<Relationships xmlns="${packaged}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    'xl/workbook.xml',
    `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Results" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ],
  [
    'xl/_rels/workbook.xml.rels',
    `${head}<Relationships xmlns="${packaged}/relationships"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
  ],
  [
    'xl/styles.xml',
    `${head}<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/><xf fontId="1" xfId="0" applyFont="1"/></cellXfs></styleSheet>`,
  ],
]

const sheetBegin = `${head}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" state="frozen"/></sheetView></sheetViews><sheetData>`
const sheetEnd = '</sheetData></worksheet>'
