import type { Batch } from '@restyle/shared/contract/batch'
import { limits } from '@restyle/shared/contract/limits'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { KeyWatch } from '../http/live-keys.ts'
import { packedFrames, takesGzip } from '../http/packing.ts'
import { type Enter, openPlaces } from '../http/places.ts'
import { Problem } from '../http/problem.ts'
import { type Patience, sendFrames } from '../http/send-frames.ts'
import { headersOnly, takeOver } from '../http/take-over.ts'
import { vary } from '../http/vary.ts'
import { dispositionOf } from './disposition.ts'
import { type PieceTools, piecesOf } from './export-pieces.ts'
import type { Asked } from './read-results.ts'

/*
 * The results of a batch as one file, which is written while it is read.
 */

/** What results are sent as besides pages, and the types of those files. */
const fileTypes = { csv: 'text/csv', jsonl: 'application/x-ndjson' } as const
type FileFormat = keyof typeof fileTypes

export type ExportTools = PieceTools & {
  followers: { stopping: AbortSignal }
  keyWatch: KeyWatch
  patience?: Patience | undefined
}

export const openExports = (): Enter => openPlaces({ all: limits.exports, each: limits.exportsEach })

/**
 * Answers with the rows as a file, packed for whoever takes gzip, until its reader leaves or takes nothing for too long, its key is
 * revoked, its session ends or the server stops. A file that breaks off ends without the end of its answer, so that no reader takes it
 * for a whole one. Throws a `Problem`.
 */
export async function exportResults(
  batch: Batch,
  { format, ...asked }: Asked & { format: FileFormat },
  { request, reply, enter }: { request: FastifyRequest; reply: FastifyReply; enter: Enter },
  tools: ExportTools,
): Promise<FastifyReply> {
  const { producer, method } = request
  const headers = {
    'cache-control': 'no-store',
    'content-disposition': dispositionOf(fileName(batch, format, asked), 'attachment'),
  }
  vary(reply, 'accept-encoding')
  if (method === 'HEAD') return headersOnly(reply.headers(headers), typeOf(format))
  const leavePlace = enter(producer)
  if (typeof leavePlace === 'string') throw tooMany()
  const { revoked, leave } = tools.keyWatch.watch(request)
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  try {
    const pieces = piecesOf(batch, format, asked, tools, gone.signal)
    // what keeps it from beginning is an answer like any other
    const first = await pieces.next()
    request.signal.throwIfAborted()
    const over = AbortSignal.any([revoked, tools.followers.stopping])
    const isPacked = takesGzip(request.headers)
    // a refusal has none of them
    void reply.headers({
      ...headers,
      'content-type': typeOf(format),
      ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    })
    const text = after(first, pieces)
    await send(reply, { batch, pieces: isPacked ? packedFrames(text) : text, over }, tools)
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
function fileName({ id, name }: Batch, format: FileFormat, { verdict, state }: Asked): string {
  const plain = name.replaceAll(/[/\\:*?"<>|\p{Cc}]/gu, '_')
  const narrowed = verdict === 'none' ? 'not-reviewed' : (verdict ?? state)
  const said = narrowed === undefined ? '' : `-${narrowed}`
  return `${plain === '' ? id : plain}${said}.${format}`
}

type File = { batch: Batch; pieces: AsyncIterable<string | Uint8Array>; over: AbortSignal }

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
