import { catalogLimits } from './catalog-limits.ts'
import type { Catalog } from './catalog.ts'
import { columnName, trimCell } from './clean-text.ts'
import { columnsText, findColumn, shown, type Row, type RowItem } from './manifest.ts'
import { optionColumns, type OptionColumn } from './option-columns.ts'
import { optionsOf } from './own-options.ts'
import { furtherPictures } from './picture-columns.ts'
import { namesPictures } from './split-cell.ts'
import { Unfit } from './unfit.ts'

/** One record of a table, by the number that a reader of the file sees. */
export type TableRecord = {
  number: number
  cells: readonly string[]
  /** Why a cell has no text, by its place from 0; continues after the name of its column. */
  unreadable?: ReadonlyMap<number, string>
  /** What a cell links to, by its place from 0; '' where the table does not have the address. */
  links?: ReadonlyMap<number, string>
  /** What its author should know of; continues after the name of the row. */
  note?: string
}

/** `columns` without the nameless ones at the end; `width` counts those too. */
type Header = {
  columns: readonly string[]
  width: number
  imageColumns: readonly string[]
  options: readonly OptionColumn[]
  inheritBy?: string
}

const { columns: mostColumns } = catalogLimits

/**
 * The rows of a table: the header is the first record that is not blank, or the one that `headerRow` says. `name` is the
 * table's in messages. Throws `Unfit` where no row can be read.
 */
export async function* tableRows(
  records: AsyncIterable<TableRecord>,
  catalog: Catalog,
  name: string,
): AsyncGenerator<RowItem> {
  const { headerRow } = catalog
  let header: Header | undefined
  const inherit = openInheritance()
  for await (const record of records) {
    const { number } = record
    if (header === undefined) {
      if (headerRow === undefined ? isBlank(record) : number < headerRow) continue
      header = headerOf(record, catalog, name)
      yield* notesOfHeader(header)
      continue
    }
    if (isBlank(record)) continue
    const cells = cellsOf(record, header)
    if (!fits(record, header)) {
      const detail = `has ${record.cells.length} cells, the header has ${header.width}`
      yield { kind: 'fault', fault: { where: `row ${number}`, detail }, row: { number, cells } }
      continue
    }
    if (record.note !== undefined)
      yield { kind: 'note', note: { where: `row ${number}`, detail: record.note } }
    if (header.inheritBy !== undefined) inherit(cells, header.inheritBy, header.imageColumns)
    yield* itemsOf(record, cells, header)
  }
  if (header === undefined && headerRow !== undefined)
    throw new Unfit('headerRow', `there is no row ${headerRow}`)
}

const isBlank = ({ cells, unreadable }: TableRecord): boolean =>
  unreadable === undefined && cells.every((cell) => trimCell(cell) === '')

/** Spreadsheets write blank cells beyond the last column, and leave out those under a column without a name. */
const fits = ({ cells }: TableRecord, { columns, width }: Header): boolean =>
  cells.length >= columns.length && cells.slice(width).every((cell) => trimCell(cell) === '')

const cellsOf = ({ cells }: TableRecord, { columns }: Header): Map<string, string> =>
  new Map(columns.map((column, index) => [column, cells[index] ?? '']))

function headerOf(record: TableRecord, catalog: Catalog, name: string): Header {
  const columns = checkedColumns(record.cells, name)
  const { found, fault } = optionColumns(columns, catalog.ownColumns)
  if (fault !== undefined) throw new Unfit(name, fault)
  const imageColumns = imageColumnsOf(columns, catalog.imageColumn)
  const options = found.filter(({ column }) => !imageColumns.includes(column))
  for (const own of catalog.ownColumns ?? []) mustExist(columns, own, 'ownColumns')
  const inheritBy =
    catalog.inheritBy === undefined ? undefined : mustExist(columns, catalog.inheritBy, 'inheritBy')
  const header = { columns, width: record.cells.length, imageColumns, options }
  return inheritBy === undefined ? header : { ...header, inheritBy }
}

function checkedColumns(cells: readonly string[], name: string): string[] {
  const columns = cells.map(columnName)
  while (columns.at(-1) === '') columns.pop()
  if (columns.length > mostColumns)
    throw new Unfit(name, `has ${columns.length} columns; at most ${mostColumns} are read`)
  const twice = columns.find((column, index) => column !== '' && columns.indexOf(column) !== index)
  if (twice !== undefined) throw new Unfit(name, `has the column ${shown(twice)} twice`)
  return columns
}

/** `image`, then `image2`, `image3` and so on, those that exist. */
function imageColumnsOf(columns: readonly string[], name: string): string[] {
  const more = furtherPictures(name).map((further) => findColumn(columns, further))
  return [mustExist(columns, name, 'imageColumn'), ...more.filter((column) => column !== undefined)]
}

/** `setting` is the one of the reader that names the column. */
function mustExist(columns: readonly string[], name: string, setting: string): string {
  const found = findColumn(columns, name)
  if (found !== undefined) return found
  throw new Unfit(setting, `there is no column ${name}; ${columnsText(columns)}`)
}

/** A column that costs money by its name alone must not do so in silence. */
const notesOfHeader = ({ options }: Header): RowItem[] =>
  options.map(({ column }) => ({
    kind: 'note',
    note: {
      where: `column ${column}`,
      detail: 'is read as a field of each edit; if it is your own, say --own-column with its name',
    },
  }))

/** Fills blank cells from the first of the rows that belong together; those follow one another. */
function openInheritance() {
  let first = new Map<string, string>()
  return (cells: Map<string, string>, by: string, imageColumns: readonly string[]): void => {
    const group = trimCell(cells.get(by) ?? '')
    if (group === '' || group !== trimCell(first.get(by) ?? '')) {
      first = new Map(cells)
      return
    }
    for (const [column, text] of first)
      if (trimCell(cells.get(column) ?? '') === '' && !imageColumns.includes(column)) cells.set(column, text)
  }
}

const linkUnknown = 'is a link whose address the sheet does not have; write the address itself'

function itemsOf(record: TableRecord, cells: ReadonlyMap<string, string>, header: Header): RowItem[] {
  const { number } = record
  const unreadable = new Map(
    [...(record.unreadable ?? [])].flatMap(([index, detail]) => {
      const column = header.columns[index]
      return column === undefined || column === '' ? [] : [[column, detail] as const]
    }),
  )
  const { own, faults } = optionsOf(header.options, cells)
  const faultOfLink = (field: string): string | undefined => {
    const isLink =
      header.imageColumns.includes(field) && record.links?.get(header.columns.indexOf(field)) === ''
    return isLink && !namesPictures(cells.get(field) ?? '') ? linkUnknown : undefined
  }
  const needed = [...header.imageColumns, ...header.options.map(({ column }) => column)]
  const all = [
    ...needed.flatMap((field) => {
      const detail = unreadable.get(field) ?? faultOfLink(field)
      return detail === undefined ? [] : [{ field, detail }]
    }),
    ...faults,
  ]
  if (all.length > 0)
    return all.slice(0, 10).map((fault) => ({
      kind: 'fault',
      fault: { where: `row ${number}`, ...fault },
      row: { number, cells },
    }))
  const row: Row = { number, cells, images: imagesOf(record, cells, header), own }
  return [{ kind: 'row', row: unreadable.size === 0 ? row : { ...row, unreadable } }]
}

function imagesOf({ links }: TableRecord, cells: ReadonlyMap<string, string>, header: Header) {
  return header.imageColumns
    .map((field) => ({
      field,
      address: addressOf(trimCell(cells.get(field) ?? ''), links?.get(header.columns.indexOf(field))),
    }))
    .filter(({ address }, index) => index === 0 || address !== '')
}

/** What a linked cell says is often a label, such as `View`. */
const addressOf = (text: string, link: string | undefined): string =>
  link === undefined || link === '' || namesPictures(text) ? text : link
