import { namesOfRows } from '@restyle/results/column-names'
import { byteOrderMark, csvHeader, csvHeads, csvLine } from '@restyle/results/csv'
import { type ResultRow, rowOfOutcome } from '@restyle/results/result-row'
import { tableColumns } from '@restyle/results/table'
import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import { FileList } from '@restyle/shared/contract/batch-files'
import { RestyleError } from '@restyle/shared/errors'
import { chunkLimits } from '@restyle/shared/rows/chunk'
import type { RowOutcome } from '@restyle/shared/rows/read-outcomes'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import type { Store } from '@restyle/shared/store/store'
import { openTurns } from '@restyle/shared/turns'
import { type Asked, readResults, type ResultTools } from './read-results.ts'

export type PieceTools = ResultTools & { store: Pick<Store, 'get' | 'list'> }

/** Rows that are read at a time: mostly a chunk, so that none is read twice. */
const atOnce = chunkLimits.rows

/** Characters that are written at a time. */
const pieceLength = 64 * 1024

/**
 * The rows of a batch as the text of a file, piece by piece: however many they are, two slices of them are in memory. The first
 * piece comes when the first rows were read. Once nobody takes it (`gone`) nothing more is read. Throws what the store and Redis throw.
 */
export async function* piecesOf(
  batch: Batch,
  format: 'csv' | 'jsonl',
  asked: Asked,
  shared: PieceTools,
  gone: AbortSignal,
): AsyncGenerator<string> {
  // what others read often stays in memory, and what is read once does not
  const tools = { ...shared, rows: openRowReader(shared.store, chunkLimits.bytes) }
  const turn = openTurns()
  let piece = ''
  let line: ((row: ResultRow) => string) | undefined = format === 'csv' ? undefined : jsonLine
  for await (const outcomes of slicesOf(batch, asked, tools)) {
    if (line === undefined) {
      const table = openTable(asked)
      // the reader sees that it begins, however long the rest of the line takes
      yield table.begins
      const names = await columnNames(batch, tools, gone)
      ;({ line, piece } = table.goesOn(names))
    }
    if (gone.aborted) return
    for (const outcome of outcomes) {
      await turn()
      piece += line(rowOfOutcome(outcome))
      if (piece.length < pieceLength) continue
      yield piece
      piece = ''
    }
    // and that it goes on
    if (piece !== '') yield piece
    piece = ''
  }
}

/** Some rows after the other; the next ones are read while these are taken. */
async function* slicesOf(batch: Batch, asked: Asked, tools: ResultTools): AsyncGenerator<RowOutcome[]> {
  const read = (from: number) => readResults(batch, from, atOnce, asked, tools)
  let reading = read(0)
  for (;;) {
    const { outcomes, next } = await reading
    if (next === undefined) return yield outcomes
    reading = read(next)
    // is thrown when it is their turn, if that comes
    reading.catch(() => {})
    yield outcomes
  }
}

const jsonLine = (row: ResultRow): string => `${JSON.stringify(row)}\n`

/** The table that is stored when a batch ends, with addresses and verdicts where they were asked for. */
function openTable({ links, verdict }: Asked) {
  const more = { links: links !== undefined, verdicts: verdict !== undefined }
  const ours = tableColumns([], more)
  return {
    begins: `${byteOrderMark}${csvHeads(ours)}`,
    goesOn: (names: readonly string[]) => {
      const columns = tableColumns(names, more)
      return {
        piece: `${names.length === 0 ? '' : ','}${csvHeader(columns.slice(ours.length))}`,
        line: (row: ResultRow): string => csvLine(row, columns),
      }
    },
  }
}

/** The names of the catalog's own columns: as they were stored with the files of the batch, or else from all of its rows. */
async function columnNames(batch: Batch, tools: PieceTools, gone: AbortSignal): Promise<readonly string[]> {
  return (await storedNames(batch, tools)) ?? namesOfAllRows(batch, tools, gone)
}

/** Rows never come to a batch that has ended: the names are its own, also where rows were retried since. */
async function storedNames(
  { id, files }: Batch,
  { store }: PieceTools,
): Promise<readonly string[] | undefined> {
  if (files?.state !== 'stored') return undefined
  const bytes = await store.get(files.list)
  if (bytes === undefined) return undefined
  try {
    const { batch, columns } = FileList.parse(JSON.parse(bytes.toString()))
    return batch === id ? columns : undefined
  } catch {
    // the rows tell it too
    return undefined
  }
}

/** As far as they can be read: those of a damaged chunk have none in the results either. */
const namesOfAllRows = (batch: Batch, { rows }: PieceTools, gone: AbortSignal): Promise<readonly string[]> =>
  namesOfRows(rowsOfBatch(batch), async (row) => {
    if (gone.aborted) return undefined
    try {
      return await rows.chunkAt(batch.id, row)
    } catch (error) {
      if (!(error instanceof RestyleError) || error.code !== 'DamagedRows') throw error
      return { first: row + chunkLimits.rows, rows: [] }
    }
  })
