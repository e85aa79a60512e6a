import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { columnsText, findColumn, type Row, type RowItem } from './manifest.ts'
import { readText } from './read-text.ts'
import { sniffDelimiter } from './sniff-delimiter.ts'
import { Unfit } from './unfit.ts'

const LONGEST_RECORD = 1_000_000
const MOST_IMAGES = 9

/** The errors of `csv-parse`, in words for the author of the file. */
const meanings: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'opens a quote that is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote; write a quote within quotes twice',
  INVALID_OPENING_QUOTE: 'has a quote inside a cell without quotes; quote the cell and double the quote',
  CSV_MAX_RECORD_SIZE: `is longer than ${LONGEST_RECORD} bytes; is a quote never closed?`,
}

/**
 * CSV (RFC 4180; comma, semicolon, tab or bar) with a header. Rows are numbered as in a spreadsheet: the header is 1.
 * Throws `Unfit` where it cannot read on.
 */
export async function* readTable(
  path: string,
  imageColumn: string,
  delimiter?: string,
): AsyncGenerator<RowItem> {
  let header: { columns: string[]; imageColumns: string[] } | undefined
  let number = 0
  for await (const record of records(path, delimiter)) {
    number += 1
    if (record.every((cell) => cell.trim() === '')) continue
    if (header === undefined) {
      const columns = checkedHeader(record, path)
      header = { columns, imageColumns: imageColumnsOf(columns, imageColumn) }
    } else if (record.length === header.columns.length)
      yield { kind: 'row', row: rowOf(number, header.columns, header.imageColumns, record) }
    else {
      const detail = `has ${record.length} cells, the header has ${header.columns.length}`
      yield { kind: 'fault', fault: { where: `row ${number}`, detail } }
    }
  }
}

async function* records(path: string, known: string | undefined): AsyncGenerator<string[]> {
  const text = readText(path)
  const first = await text.next()
  const start = first.done === true ? '' : first.value
  const parser = parse({
    delimiter: known ?? sniffDelimiter(start),
    relax_column_count: true,
    max_record_size: LONGEST_RECORD,
  })
  const whole = async function* () {
    yield start
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

function checkedHeader(record: readonly string[], path: string): string[] {
  const columns = record.map((cell) => cell.trim())
  const twice = columns.find((column, index) => column !== '' && columns.indexOf(column) !== index)
  if (twice !== undefined) throw new Unfit(basename(path), `has the column ${twice} twice`)
  return columns
}

/** `image`, then `image2`, `image3` and so on, those that exist. */
function imageColumnsOf(columns: readonly string[], name: string): string[] {
  const first = findColumn(columns, name)
  if (first === undefined)
    throw new Unfit('imageColumn', `there is no column ${name}; ${columnsText(columns)}`)
  const more = Array.from({ length: MOST_IMAGES - 1 }, (_, index) =>
    findColumn(columns, `${name}${index + 2}`),
  )
  return [first, ...more.filter((column) => column !== undefined)]
}

function rowOf(
  number: number,
  columns: readonly string[],
  imageColumns: readonly string[],
  record: readonly string[],
): Row {
  const cells = new Map(columns.map((column, index) => [column, record[index] ?? '']))
  const images = imageColumns
    .map((field) => ({ field, address: (cells.get(field) ?? '').trim() }))
    .filter(({ address }, index) => index === 0 || address !== '')
  return { number, cells, images, own: {} }
}
