import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse, type Parser } from 'csv-parse'
import { catalogLimits } from './catalog-limits.ts'
import { columnName, trimCell } from './clean-text.ts'
import { cellOfFormula } from './formula-cell.ts'
import { columnsText, findColumn, shown, type Row, type RowItem } from './manifest.ts'
import { furtherPictures } from './picture-columns.ts'
import { readText } from './read-text.ts'
import { sniffDelimiter } from './sniff-delimiter.ts'
import { Unfit } from './unfit.ts'

const { recordBytes, columns: mostColumns } = catalogLimits

/** `columns` without the nameless ones at the end; `width` counts those too. */
type Header = { columns: string[]; width: number; imageColumns: string[] }

/** Every end of a line, whatever the first one is; the third is what a text file becomes that was converted twice. */
const ENDS = ['\r\r\n', '\r\n', '\n', '\r']

/** The errors of `csv-parse`, in words for the author of the file. */
const meanings: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'opens a quote that is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote; write a quote within quotes twice',
  INVALID_OPENING_QUOTE: 'has a quote inside a cell without quotes; quote the cell and double the quote',
  CSV_MAX_RECORD_SIZE: `is longer than ${recordBytes} bytes; is a quote never closed?`,
}

/**
 * CSV (RFC 4180; comma, semicolon, tab or bar) with a header; a line `sep=;` before it says the delimiter. Rows are
 * numbered as in a spreadsheet: blank ones count, that line does not. Throws `Unfit` where it cannot read on.
 */
export async function* readTable(
  path: string,
  imageColumn: string,
  delimiter?: string,
): AsyncGenerator<RowItem> {
  let header: Header | undefined
  let number = 0
  for await (const record of records(path, imageColumn, delimiter)) {
    number += 1
    if (record.every((cell) => trimCell(cell) === '')) continue
    if (header === undefined) {
      const columns = checkedHeader(record, path)
      header = { columns, width: record.length, imageColumns: imageColumnsOf(columns, imageColumn) }
    } else if (fits(record, header))
      yield { kind: 'row', row: rowOf(number, header.columns, header.imageColumns, record) }
    else {
      const detail = `has ${record.length} cells, the header has ${header.width}`
      yield { kind: 'fault', fault: { where: `row ${number}`, detail } }
    }
  }
}

/** Spreadsheets write blank cells beyond the last column, and leave out those under a column without a name. */
const fits = (record: readonly string[], { columns, width }: Header): boolean =>
  record.length >= columns.length && record.slice(width).every((cell) => trimCell(cell) === '')

async function* records(
  path: string,
  imageColumn: string,
  known: string | undefined,
): AsyncGenerator<string[]> {
  const text = readText(path)
  const first = await text.next()
  const start = first.done === true ? '' : first.value
  const { delimiter, skip } = sniffDelimiter(start, imageColumn)
  const parser = openParser(skip === 0 ? (known ?? delimiter) : delimiter)
  const whole = async function* () {
    yield start.slice(skip)
    yield* text
  }
  // the parser throws the same error, and that one is caught
  pipeline(Readable.from(whole()), parser).catch(() => undefined)
  try {
    for await (const record of parser) yield record as string[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // its own count: an error overtakes records that were not taken yet
    throw new Unfit(`row ${Number(error['records']) + 1}`, meanings[error.code] ?? error.message)
  }
}

function openParser(delimiter: string): Parser {
  return parse({
    delimiter,
    record_delimiter: ENDS,
    relax_column_count: true,
    max_record_size: recordBytes,
    // tabs are seldom within a cell, so a quote there is mostly an inch
    relax_quotes: delimiter === '\t',
  })
}

function checkedHeader(record: readonly string[], path: string): string[] {
  const columns = record.map(columnName)
  while (columns.at(-1) === '') columns.pop()
  if (columns.length > mostColumns)
    throw new Unfit(basename(path), `has ${columns.length} columns; at most ${mostColumns} are read`)
  const twice = columns.find((column, index) => column !== '' && columns.indexOf(column) !== index)
  if (twice !== undefined) throw new Unfit(basename(path), `has the column ${shown(twice)} twice`)
  return columns
}

/** `image`, then `image2`, `image3` and so on, those that exist. */
function imageColumnsOf(columns: readonly string[], name: string): string[] {
  const first = findColumn(columns, name)
  if (first === undefined)
    throw new Unfit('imageColumn', `there is no column ${name}; ${columnsText(columns)}`)
  const more = furtherPictures(name).map((further) => findColumn(columns, further))
  return [first, ...more.filter((column) => column !== undefined)]
}

function rowOf(
  number: number,
  columns: readonly string[],
  imageColumns: readonly string[],
  record: readonly string[],
): Row {
  const cells = new Map(columns.map((column, index) => [column, cellOfFormula(record[index] ?? '')]))
  const images = imageColumns
    .map((field) => ({ field, address: trimCell(cells.get(field) ?? '') }))
    .filter(({ address }, index) => index === 0 || address !== '')
  return { number, cells, images, own: {} }
}
