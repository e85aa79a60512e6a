import { namesOfRows } from '@restyle/results/column-names'
import { byteOrderMark, csvHeader, csvLine } from '@restyle/results/csv'
import { type ResultRow, rowOfOutcome } from '@restyle/results/result-row'
import { tableColumns } from '@restyle/results/table'
import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import { limits } from '@restyle/shared/contract/limits'
import { RestyleError } from '@restyle/shared/errors'
import { chunkLimits } from '@restyle/shared/rows/chunk'
import { openTurns } from '@restyle/shared/turns'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { KeyWatch } from '../http/live-keys.ts'
import { type Enter, openPlaces } from '../http/places.ts'
import { Problem } from '../http/problem.ts'
import { type Patience, sendFrames } from '../http/send-frames.ts'
import { headersOnly, takeOver } from '../http/take-over.ts'
import { dispositionOf } from './disposition.ts'
import { type Asked, readResults, type ResultTools } from './read-results.ts'

/*
 * The results of a batch as one file, which is written while it is read: however many rows there are, a slice of them is in memory.
 */

/** What results are sent as besides pages, and the types of those files. */
const fileTypes = { csv: 'text/csv', jsonl: 'application/x-ndjson' } as const
type FileFormat = keyof typeof fileTypes

export type ExportTools = ResultTools & {
  followers: { stopping: AbortSignal }
  keyWatch: KeyWatch
  patience?: Patience | undefined
}

/** Rows that are read at a time. */
const atOnce = 500

/** Characters that are written at a time. */
const pieceLength = 64 * 1024

export const openExports = (): Enter => openPlaces({ all: limits.exports, each: limits.exportsEach })

/**
 * Answers with the rows as a file, until its reader leaves or takes nothing for too long, its key is revoked or the server stops. A
 * file that breaks off ends without the end of its answer, so that no reader takes it for a whole one. Throws a `Problem`.
 */
export async function exportResults(
  batch: Batch,
  { format, ...asked }: Asked & { format: FileFormat },
  { request, reply, enter }: { request: FastifyRequest; reply: FastifyReply; enter: Enter },
  tools: ExportTools,
): Promise<FastifyReply> {
  const { producer, keyId, method, signal } = request
  const headers = {
    'cache-control': 'no-store',
    'content-disposition': dispositionOf(fileName(batch, format, asked), 'attachment'),
  }
  if (method === 'HEAD') return headersOnly(reply.headers(headers), typeOf(format))
  const leavePlace = enter(producer)
  if (typeof leavePlace === 'string') throw tooMany()
  const { revoked, leave } = tools.keyWatch.watch(keyId)
  try {
    const pieces = piecesOf(batch, format, asked, tools)
    // what keeps it from beginning is an answer like any other
    const first = await pieces.next()
    signal.throwIfAborted()
    const over = AbortSignal.any([revoked, tools.followers.stopping])
    // a refusal has none of them
    void reply.headers({ ...headers, 'content-type': typeOf(format) })
    await send(reply, { batch, pieces: after(first, pieces), over }, tools)
  } finally {
    leave()
    leavePlace()
  }
  return reply
}

const typeOf = (format: FileFormat): string =>
  format === 'csv' ? `${fileTypes.csv}; charset=utf-8` : fileTypes.jsonl

const tooMany = (): Problem =>
  new Problem('unavailable', 'Other results are sent as files now. Ask for these again in a moment.', {
    retryAfter: 5,
  })

/** No program takes the name for a path. */
function fileName({ id, name }: Batch, format: FileFormat, { verdict }: Asked): string {
  const plain = name.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, '_')
  const said = verdict === undefined ? '' : verdict === 'none' ? '-not-reviewed' : `-${verdict}`
  return `${plain === '' ? id : plain}${said}.${format}`
}

type File = { batch: Batch; pieces: AsyncIterable<string>; over: AbortSignal }

async function send(
  reply: FastifyReply,
  { batch: { id: batchId }, pieces, over }: File,
  { log, patience }: ExportTools,
): Promise<void> {
  try {
    const how = await sendFrames(takeOver(reply).writeHead(200), pieces, over, patience)
    if (how === 'slow' && !over.aborted)
      log.info({ batchId }, 'results were cut off, whose reader took nothing')
  } catch (error) {
    log.error({ error, batchId }, 'results broke off while they were sent')
  }
}

async function* after(first: IteratorResult<string>, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (first.done === true) return
  yield first.value
  yield* rest
}

async function* piecesOf(
  batch: Batch,
  format: FileFormat,
  asked: Asked,
  tools: ExportTools,
): AsyncGenerator<string> {
  const { head, line } = format === 'csv' ? await csvOf(batch, asked, tools) : { head: '', line: jsonLine }
  const turn = openTurns()
  let piece = head
  for (let from: number | undefined = 0; from !== undefined;) {
    const { outcomes, next } = await readResults(batch, from, atOnce, asked, tools)
    for (const outcome of outcomes) {
      await turn()
      piece += line(rowOfOutcome(outcome))
      if (piece.length < pieceLength) continue
      yield piece
      piece = ''
    }
    // a reader sees that it goes on
    if (piece !== '') yield piece
    piece = ''
    from = next
  }
}

const jsonLine = (row: ResultRow): string => `${JSON.stringify(row)}\n`

/** The table that is stored when a batch ends, with addresses and verdicts where they were asked for. */
async function csvOf(batch: Batch, { links, verdict }: Asked, tools: ExportTools) {
  const columns = tableColumns(await columnNames(batch, tools), {
    links: links !== undefined,
    verdicts: verdict !== undefined,
  })
  return {
    head: `${byteOrderMark}${csvHeader(columns)}`,
    line: (row: ResultRow): string => csvLine(row, columns),
  }
}

/** The names of the catalog's own columns, as far as its rows can be read: those of a damaged chunk have none in the results either. */
const columnNames = (batch: Batch, { rows }: ExportTools): Promise<readonly string[]> =>
  namesOfRows(rowsOfBatch(batch), async (row) => {
    try {
      return await rows.chunkAt(batch.id, row)
    } catch (error) {
      if (!(error instanceof RestyleError) || error.code !== 'DamagedRows') throw error
      return { first: row + chunkLimits.rows, rows: [] }
    }
  })
