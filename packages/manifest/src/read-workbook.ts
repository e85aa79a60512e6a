import { basename } from 'node:path'
import { catalogLimits } from './catalog-limits.ts'
import type { Catalog } from './catalog.ts'
import { faultOfText } from './clean-text.ts'
import { cellOfFormula } from './formula-cell.ts'
import { shown, type RowItem } from './manifest.ts'
import { tableRows, type TableRecord } from './table-rows.ts'
import { Unfit } from './unfit.ts'
import { BrokenWorkbook } from './workbook/broken-workbook.ts'
import { openWorkbook, type Sheet, type Workbook } from './workbook/open-workbook.ts'
import { readSheet, type SheetRow } from './workbook/read-sheet.ts'

const { columns: mostColumns } = catalogLimits

/**
 * A sheet of an .xlsx workbook: cells as they are shown, rows by the sheet's numbers, hidden ones too. Throws `Unfit` where it
 * cannot read on.
 */
export async function* readWorkbook(catalog: Catalog): AsyncGenerator<RowItem> {
  const name = basename(catalog.path)
  try {
    const book = await openWorkbook(catalog.path)
    try {
      const sheet = sheetOf(book, catalog.sheet, name)
      yield* tableRows(records(book, sheet), catalog, name)
    } finally {
      book.parts.close()
    }
  } catch (error) {
    if (!(error instanceof BrokenWorkbook)) throw error
    throw new Unfit(error.row === undefined ? name : `row ${error.row}`, error.detail)
  }
}

function sheetOf({ sheets }: Workbook, wanted: string | undefined, name: string): Sheet {
  const fold = (text: string) => text.trim().toLowerCase()
  const visible = sheets.filter(({ hidden }) => !hidden)
  const fitting = wanted === undefined ? visible : sheets.filter((sheet) => fold(sheet.name) === fold(wanted))
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only
  const names = (each: readonly Sheet[]) =>
    each.length === 0 ? 'none' : shown(each.map((sheet) => sheet.name).join(', '))
  if (wanted !== undefined)
    throw new Unfit('sheet', `there is no sheet ${shown(wanted)}; there are ${names(sheets)}`)
  if (visible.length === 0)
    throw new Unfit('sheet', `${name} has no sheet that is not hidden; name one of them: ${names(sheets)}`)
  throw new Unfit('sheet', `${name} has ${visible.length} sheets: ${names(visible)}; name one of them`)
}

async function* records(book: Workbook, sheet: Sheet): AsyncGenerator<TableRecord> {
  let width = 0
  for await (const row of readSheet(book, sheet, mostColumns)) {
    // rows end with their last cell in the file, and a row with blank ones behind it is not short
    width = Math.max(width, 1 + Math.max(...row.cells.keys()))
    yield recordOf(row, width)
  }
}

function recordOf({ number, hidden, cells }: SheetRow, width: number): TableRecord {
  const texts = Array.from({ length: width }, () => '')
  const unreadable = new Map<number, string>()
  const links = new Map<number, string>()
  for (const [at, cell] of cells) {
    const fault = cell.kind === 'text' ? faultOfText(cell.text) : cell.detail
    if (fault !== undefined) unreadable.set(at, fault)
    else if (cell.kind === 'text') texts[at] = cellOfFormula(cell.text)
    if (cell.link !== undefined) links.set(at, cell.link)
  }
  return {
    number,
    cells: texts,
    ...(unreadable.size === 0 ? {} : { unreadable }),
    ...(links.size === 0 ? {} : { links }),
    ...(hidden ? { note: 'is hidden in the sheet, and is read all the same' } : {}),
  }
}
