import { BrokenWorkbook } from './broken-workbook.ts'
import { placeOf, placeText, type Area } from './cell-place.ts'
import type { Sheet, Workbook } from './open-workbook.ts'
import { isTrue } from './open-workbook.ts'
import { readCell, type RawCell, type ReadCell } from './read-cell.ts'
import { readExtras } from './sheet-extras.ts'
import { workbookLimits } from './workbook-limits.ts'
import { readXml, type XmlReader } from './xml.ts'

/** A row as a spreadsheet shows it, by its number there; cells by their column from 0, those that show something. */
export type SheetRow = { number: number; hidden: boolean; cells: ReadonlyMap<number, ReadCell> }

type RawRow = { number: number; hidden: boolean; cells: { column: number; raw: RawCell }[] }

/**
 * The rows of a sheet that are not blank, from the first one. Cells of a merged area other than its first are faults.
 * Throws `BrokenWorkbook`.
 */
export async function* readSheet(
  book: Workbook,
  { part }: Sheet,
  mostColumns: number,
): AsyncGenerator<SheetRow> {
  const { merges, links } = await readExtras(book.parts, part)
  const mergedIn = openMerges(merges)
  const bytes = book.parts.read(part, workbookLimits.sheetBytes)
  for await (const { number, hidden, cells } of readXml<RawRow>(bytes, part, sheetReader)) {
    const read = new Map<number, ReadCell>()
    const inRow = mergedIn(number)
    for (const { column, raw } of cells) {
      const place = placeText({ row: number, column })
      const cell = readCell(raw, place, book)
      if (cell.kind === 'text' && cell.text === '') continue
      if (column >= mostColumns)
        throw new BrokenWorkbook(
          `has a cell in the column of ${place}; at most ${mostColumns} are read`,
          number,
        )
      const link = links.get(place)
      read.set(column, link === undefined ? cell : { ...cell, link })
    }
    if (read.size === 0) continue
    for (const area of inRow) addMerged(read, area, number, mostColumns)
    yield { number, hidden, cells: read }
  }
}

function addMerged(cells: Map<number, ReadCell>, { from, to }: Area, row: number, mostColumns: number): void {
  const detail = `is merged with ${placeText(from)}; give each row a cell of its own`
  for (let column = from.column; column <= Math.min(to.column, mostColumns - 1); column += 1)
    if (row > from.row || column > from.column) cells.set(column, { kind: 'fault', detail })
}

/** The merged areas that a row is in; rows are asked for in their order. */
function openMerges(merges: readonly Area[]): (row: number) => readonly Area[] {
  const coming = merges.toSorted((a, b) => a.from.row - b.from.row)
  let next = 0
  let open: Area[] = []
  return (row) => {
    for (let area = coming[next]; area !== undefined && area.from.row <= row; area = coming[next]) {
      open.push(area)
      next += 1
    }
    if (open.length > 0) open = open.filter(({ to }) => to.row >= row)
    return open
  }
}

/** Gives each row when it ends. Numbers may be left out: then a row or a cell follows the one before. */
function sheetReader(emit: (row: RawRow) => void): XmlReader {
  let row: RawRow | undefined
  let cell: { column: number; raw: RawCell } | undefined
  let [number, into, inSound]: [number, 'value' | 'formula' | 'inline' | undefined, boolean] = [
    0,
    undefined,
    false,
  ]
  return {
    open: (tag, attributes) => {
      if (tag === 'row') {
        row = { number: rowNumber(attributes['r'], number), hidden: isTrue(attributes['hidden']), cells: [] }
        number = row.number
      } else if (tag === 'c' && row !== undefined) cell = openCell(attributes, row)
      else if (cell === undefined) return
      else if (tag === 'rPh') inSound = true
      else into = inSound ? undefined : textOf(tag, cell.raw)
    },
    text: (text) => {
      if (into !== undefined && cell !== undefined) cell.raw[into] = (cell.raw[into] ?? '') + text
    },
    close: (tag) => {
      into = undefined
      if (tag === 'rPh') inSound = false
      if (tag === 'c' && cell !== undefined) {
        row?.cells.push(cell)
        cell = undefined
      }
      if (tag === 'row' && row !== undefined) {
        emit(row)
        row = undefined
      }
    },
  }
}

function rowNumber(written: string | undefined, before: number): number {
  const number = written === undefined ? before + 1 : Number(written)
  if (!Number.isInteger(number) || number <= before || number > workbookLimits.rows)
    throw new BrokenWorkbook(`is damaged: row ${String(written).slice(0, 20)} follows row ${before}`)
  return number
}

function openCell(attributes: Readonly<Record<string, string>>, { number, cells }: RawRow) {
  const before = cells.at(-1)?.column ?? -1
  const reference = attributes['r']
  const column = reference === undefined ? before + 1 : placeOf(reference)?.column
  if (column === undefined || column <= before)
    throw new BrokenWorkbook(
      `is damaged: its cells are not in order (${String(reference).slice(0, 20)})`,
      number,
    )
  const raw: RawCell = {
    type: attributes['t'] ?? 'n',
    style: Number(attributes['s'] ?? 0),
    // a picture in a cell is a value with metadata, and an error for programs that do not know it
    rich: attributes['vm'] !== undefined && attributes['t'] === 'e',
  }
  return { column, raw }
}

/** Where the text of an element goes; an element without any is there all the same. */
function textOf(tag: string, raw: RawCell): 'value' | 'formula' | 'inline' | undefined {
  switch (tag) {
    case 'v':
      raw.value = ''
      return 'value'
    case 'f':
      raw.formula = ''
      return 'formula'
    case 't':
      return 'inline'
    default:
      return undefined
  }
}
