import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import { faultLines, type Fault } from '../show/fault-lines.ts'
import { Stop } from '../stop.ts'
import { columnsText, findColumn, type Manifest, type Row } from './manifest.ts'
import { readText } from './read-text.ts'
import { sniffDelimiter } from './sniff-delimiter.ts'

const LONGEST_RECORD = 1_000_000
const MOST_IMAGES = 9

/** What `csv-parse` refuses, in the words of whoever wrote the file. */
const meanings: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'opens a quote that is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote; a quote within quotes is written twice',
  INVALID_OPENING_QUOTE: 'has a quote inside a cell without quotes; quote the cell and double the quote',
  CSV_MAX_RECORD_SIZE: `is longer than ${LONGEST_RECORD} bytes; is a quote never closed?`,
}

/** CSV (RFC 4180; comma, semicolon, tab or bar) with a header. Rows are counted as a spreadsheet does: the header is 1. */
export async function readTable(path: string, imageColumn: string, delimiter?: string): Promise<Manifest> {
  const faults: Fault[] = []
  const rows: Row[] = []
  let columns: string[] | undefined
  let imageColumns: string[] = []
  let number = 0
  for await (const record of records(path, delimiter)) {
    number += 1
    if (record.every((cell) => cell.trim() === '')) continue
    if (columns === undefined) {
      columns = checkedHeader(record, path)
      imageColumns = imageColumnsOf(columns, imageColumn, path)
    } else if (record.length === columns.length) rows.push(rowOf(number, columns, imageColumns, record))
    else
      faults.push({
        where: `row ${number}`,
        detail: `has ${record.length} cells, the header has ${columns.length}`,
      })
  }
  if (faults.length > 0) throw new Stop('input', faultLines(faults))
  return { unit: 'row', folder: dirname(path), columns: columns ?? [], rows }
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
  // its error comes out of the parser too, where it is caught
  pipeline(Readable.from(whole()), parser).catch(() => undefined)
  let read = 0
  try {
    for await (const record of parser) {
      yield record as string[]
      read += 1
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new Stop('input', [`row ${read + 1}: ${meanings[error.code] ?? error.message}`])
  }
}

function checkedHeader(record: readonly string[], path: string): string[] {
  const columns = record.map((cell) => cell.trim())
  const twice = columns.find((column, index) => column !== '' && columns.indexOf(column) !== index)
  if (twice !== undefined) throw new Stop('input', [`${basename(path)}: the column ${twice} is there twice`])
  return columns
}

/** `image`, then `image2`, `image3` and so on as far as they are there. */
function imageColumnsOf(columns: readonly string[], name: string, path: string): string[] {
  const first = findColumn(columns, name)
  if (first === undefined)
    throw new Stop('input', [
      `${basename(path)} has no column ${name}; ${columnsText(columns)}: name the one that holds the picture with --image-column`,
    ])
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
