import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse, type Parser } from 'csv-parse'
import { catalogLimits } from './catalog-limits.ts'
import type { Catalog } from './catalog.ts'
import { cellOfFormula } from './formula-cell.ts'
import type { RowItem } from './manifest.ts'
import { isPictureList, pictureList } from './picture-list.ts'
import { readText } from './read-text.ts'
import { sniffDelimiter } from './sniff-delimiter.ts'
import { tableRows, type TableRecord } from './table-rows.ts'
import { Unfit } from './unfit.ts'

const { recordBytes } = catalogLimits

/** Every end of a line, whatever the first one is; the third is what a text file becomes that was converted twice. */
const ENDS = ['\r\r\n', '\r\n', '\n', '\r']

/** The errors of `csv-parse`, in words for the author of the file. */
const meanings: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'opens a quote that is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote; write a quote within quotes twice',
  INVALID_OPENING_QUOTE: 'has a quote inside a cell without quotes; quote the cell and double the quote',
  CSV_MAX_RECORD_SIZE: `is longer than ${recordBytes} bytes; is a quote never closed?`,
}

/** `delimiter` where the name of the file says it; `mayBeList`: without a header, a file may have a picture in each line. */
export type TableKind = { delimiter?: string; mayBeList?: boolean }

/**
 * CSV (RFC 4180; comma, semicolon, tab or bar) with a header; a line `sep=;` before it says the delimiter. Rows are
 * numbered as in a spreadsheet: blank ones count, that line does not. Throws `Unfit` where it cannot read on.
 */
export async function* readTable(catalog: Catalog, kind: TableKind = {}): AsyncGenerator<RowItem> {
  const { path, imageColumn, headerRow } = catalog
  const text = readText(path)
  const start = await startOf(text, headerRow ?? 1)
  const whole = (skip: number) => joined(start.slice(skip), text)
  if (kind.mayBeList === true && headerRow === undefined && isPictureList(start, imageColumn)) {
    yield* pictureList(whole(0), imageColumn)
    return
  }
  const { delimiter, skip } = sniffDelimiter(start, imageColumn, headerRow)
  const known = skip === 0 ? (kind.delimiter ?? delimiter) : delimiter
  yield* tableRows(records(whole(skip), known), catalog, basename(path))
}

/** Enough of the text to hold the header; a header far below begins in a later piece. */
async function startOf(text: AsyncGenerator<string>, headerRow: number): Promise<string> {
  let start = ''
  while (start.length < recordBytes && (start === '' || linesOf(start) <= headerRow)) {
    const next = await text.next()
    if (next.done === true) break
    start += next.value
  }
  return start
}

const linesOf = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0

async function* joined(start: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield start
  yield* rest
}

async function* records(text: AsyncIterable<string>, delimiter: string): AsyncGenerator<TableRecord> {
  const parser = openParser(delimiter)
  // the parser throws the same error, and that one is caught
  pipeline(Readable.from(text), parser).catch(() => undefined)
  let number = 0
  try {
    for await (const record of parser) {
      number += 1
      yield { number, cells: (record as string[]).map(cellOfFormula) }
    }
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
