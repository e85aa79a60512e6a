import { byteOrderMark, csvHeader, csvLine } from '@restyle/results/csv'
import type { ResultRow } from '@restyle/results/result-row'
import { tableColumns } from '@restyle/results/table'
import { xlsxOf } from '@restyle/results/xlsx'
import type { BatchFile, FileList } from '@restyle/shared/contract/batch-files'
import type { Store } from '@restyle/shared/store/store'
import { openTurns } from '@restyle/shared/turns'
import { type Place, putFile } from './put-file.ts'

/** A part of the results: so much of a million rows is in memory, and no more. */
export const partLimits = { rows: 10_000, bytes: 4 * 1024 * 1024 }

/** Writes the results in all formats, in parts; at least one, with the names of the columns alone where there are no rows. */
export async function writeTables(
  rows: AsyncIterable<ResultRow>,
  catalog: readonly string[],
  place: Place,
  { store, limits = partLimits }: { store: Pick<Store, 'putIfAbsent'>; limits?: typeof partLimits },
): Promise<FileList['results']> {
  const written: FileList['results'] = { csv: [], jsonl: [], xlsx: [] }
  const columns = tableColumns(catalog)
  let number = 0
  for await (const part of partsOf(rows, limits)) {
    number += 1
    const put = async (kind: keyof typeof written, bytes: Buffer): Promise<BatchFile> =>
      putFile(store, place, { what: 'results', kind, part: number, bytes })
    // its text is not needed any more when the next format is made
    written.jsonl.push(await put('jsonl', Buffer.from(part.lines.splice(0).join(''))))
    written.csv.push(await put('csv', await csvOf(part.rows, columns)))
    written.xlsx.push(await put('xlsx', await workbookOf(part.rows, columns)))
  }
  return written
}

type Part = { rows: ResultRow[]; lines: string[] }

async function* partsOf(rows: AsyncIterable<ResultRow>, limits: typeof partLimits): AsyncGenerator<Part> {
  let part: Part = { rows: [], lines: [] }
  let bytes = 0
  let parts = 0
  const turn = openTurns()
  for await (const row of rows) {
    await turn()
    const line = `${JSON.stringify(row)}\n`
    const size = Buffer.byteLength(line)
    const isFull = part.rows.length === limits.rows || bytes + size > limits.bytes
    if (part.rows.length > 0 && isFull) {
      yield part
      parts += 1
      part = { rows: [], lines: [] }
      bytes = 0
    }
    part.rows.push(row)
    part.lines.push(line)
    bytes += size
  }
  if (part.rows.length > 0 || parts === 0) yield part
}

type Columns = ReturnType<typeof tableColumns>

async function csvOf(rows: readonly ResultRow[], columns: Columns): Promise<Buffer> {
  const lines = [`${byteOrderMark}${csvHeader(columns)}`]
  for await (const row of inTurns(rows)) lines.push(csvLine(row, columns))
  return Buffer.from(lines.join(''))
}

async function workbookOf(rows: readonly ResultRow[], columns: Columns): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of xlsxOf(columns, inTurns(rows))) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Lets the edits of the worker go on meanwhile. */
async function* inTurns<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  const turn = openTurns()
  for (const item of items) {
    await turn()
    yield item
  }
}
