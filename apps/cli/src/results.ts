import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError } from '@restyle/client/api-error'
import type { Client } from '@restyle/client/client'
import type { UnreadableRow, VerdictName } from '@restyle/client/types'
import { byteOrderMark, csvHeader, csvLine } from '@restyle/results/csv'
import { type ResultRow, unreadableRow } from '@restyle/results/result-row'
import { tableColumns } from '@restyle/results/table'
import { mostSheetRows, xlsxOf } from '@restyle/results/xlsx'
import { downloadImages } from './download-images.ts'
import type { Io } from './io.ts'
import { errorCode } from './show/error-code.ts'
import { printLines, writeRaw } from './show/print.ts'
import { openSpool, type Spool } from './spool.ts'
import { Stop, type ExitCode } from './stop.ts'

export const formats = ['csv', 'jsonl', 'xlsx'] as const
export type Format = (typeof formats)[number]

/** The flags of `restyle results`; `links`: for how many seconds addresses are signed. */
export type ResultsFlags = {
  output?: string
  format?: Format
  json?: true
  links?: number
  verdict?: VerdictName | 'none'
  download?: string
  parallel?: number
}

/** Writes one row per edit, and fetches the images. A file is written whole or not at all. */
export async function results(
  batch: string,
  flags: ResultsFlags,
  openClient: () => Promise<Client>,
  io: Io,
): Promise<ExitCode> {
  const { download, verdict, output = download === undefined ? '-' : undefined, parallel } = flags
  const format = output === undefined ? undefined : formatOf(output, flags)
  const client = await openClient()
  let written: ExitCode = 0
  if (output !== undefined && format !== undefined)
    written = await writeResults(batch, output, format, flags, client, io)
  if (download === undefined) return written
  const fetched = await downloadImages(batch, download, { parallel, verdict }, client, io)
  return written === 0 ? fetched : written
}

function formatOf(output: string, { format, json }: ResultsFlags): Format {
  const ending = extname(output).toLowerCase().slice(1)
  const named = format ?? (json === true ? 'jsonl' : output === '-' ? 'csv' : ending)
  const found = formats.find((each) => each === named)
  if (found === undefined)
    throw new Stop('input', [
      `--output: ${output} must end with .csv, .jsonl or .xlsx, or say which it is with --format`,
    ])
  if (found === 'xlsx' && output === '-')
    throw new Stop('input', ['--format xlsx: a workbook needs a file, such as --output results.xlsx'])
  return found
}

async function writeResults(
  batch: string,
  output: string,
  format: Format,
  { links, verdict }: ResultsFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const left: string[] = []
  const rows = rowsOf(batch, { links, verdict }, left, client)
  // the names of all columns are known when all rows are: they wait on disk until then
  const spool = format === 'jsonl' ? undefined : await openSpool(rows, io)
  try {
    const table = { isWorkbook: format === 'xlsx', isFile: output !== '-', links, verdict }
    const bytes = spool === undefined ? linesOf(rows) : tableOf(spool, table)
    if (output === '-') for await (const piece of bytes) await writeRaw(io.stdout, piece, io.signal)
    else await writeFile(output, bytes, io)
  } finally {
    await spool?.remove()
  }
  if (spool?.isCut === true)
    printLines(io.stderr, 'the rows have more columns than a table gets: --format jsonl has all of them')
  if (links !== undefined)
    printLines(
      io.stderr,
      `the addresses can be opened by whoever has them, until ${new Date(io.now() + links * 1000).toISOString()} at the latest`,
    )
  if (output !== '-') printLines(io.stderr, `results are in ${output}`)
  return endOf(left, io)
}

/** Every row once, those that cannot be read too. */
async function* rowsOf(
  batch: string,
  { links, verdict }: Asked,
  left: string[],
  client: Client,
): AsyncGenerator<ResultRow> {
  const waiting: UnreadableRow[] = []
  const unreadable = (row: UnreadableRow) => {
    left.push(row.id)
    waiting.push(row)
  }
  // to sign takes time: smaller pages are answered sooner
  const paging = {
    ...(links === undefined ? {} : { links, limit: 100 }),
    ...(verdict === undefined ? {} : { verdict }),
  }
  for await (const result of client.batches.results(batch, { unreadable, ...paging })) {
    yield* waiting.splice(0).map(unreadableRow)
    yield result
  }
  yield* waiting.splice(0).map(unreadableRow)
}

async function* linesOf(rows: AsyncIterable<ResultRow>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

type Asked = { links: number | undefined; verdict: ResultsFlags['verdict'] | undefined }
type Kind = { isWorkbook: boolean; isFile: boolean }

async function* tableOf(
  spool: Spool,
  { isWorkbook, isFile, links, verdict }: Asked & Kind,
): AsyncGenerator<string | Uint8Array> {
  const columns = tableColumns(spool.columns, { links: links !== undefined, verdicts: verdict !== undefined })
  if (isWorkbook) {
    if (spool.count >= mostSheetRows)
      throw new Stop('input', [`--format xlsx: a sheet takes ${mostSheetRows - 1} rows; take csv`])
    yield* xlsxOf(columns, spool.rows())
    return
  }
  // Excel takes a file without the mark for one in the language of the machine; a pipe goes to a program
  yield `${isFile ? byteOrderMark : ''}${csvHeader(columns)}`
  for await (const row of spool.rows()) yield csvLine(row, columns)
}

async function writeFile(output: string, bytes: AsyncIterable<string | Uint8Array>, io: Io): Promise<void> {
  const path = resolve(io.cwd, output)
  const unfinished = `${path}.part`
  try {
    await pipeline(Readable.from(bytes, { objectMode: true }), createWriteStream(unfinished), {
      signal: io.signal,
    })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    if (error instanceof ApiError || error instanceof Stop || io.signal.aborted) throw error
    throw new Stop('input', [`${output} cannot be written (${errorCode(error)})`])
  }
}

/** Rows that could not be read must be told of: nobody looks at each of them. */
function endOf(left: readonly string[], io: Io): ExitCode {
  if (left.length === 0) return 0
  printLines(
    io.stderr,
    `the producer cannot read ${left.length === 1 ? 'the record' : 'the records'} of ${left.join(', ')}: the state is given as unreadable`,
  )
  return 1
}
