import type { CallOptions } from './exchange.ts'
import type { IntakeOptions } from './intake.ts'
import { chunksOf, oneAhead, type ChunkSize, type RowChunk } from './row-chunks.ts'
import type { Batch, Bytes, CloseRequest, EditRequest, OnFault, OpenBatchRequest, Rows } from './types.ts'

/** How rows are sent, and what is told on the way. */
export type StreamOptions = IntakeOptions & {
  name?: string
  /** Work begins when all rows are there, and not with the first chunk. */
  held?: boolean
  /** Stands for all rows: the same Idempotency-Key with other rows is then a conflict before any of them is sent. */
  rowsDigest?: string
  /** `skip`: a chunk with faulty rows is taken without them, and not refused. */
  onFault?: OnFault
  /** Told after each chunk; `rows` are all that the producer has by now, those of earlier runs too. */
  onChunk?: (progress: { batch: string; rows: number; answer?: Rows }) => void
  chunk?: ChunkSize
}

/** The calls that it is made of. */
type Steps = {
  open: (request: Omit<OpenBatchRequest, 'open'>, options: IntakeOptions) => Promise<Batch>
  rows: (
    id: string,
    first: number,
    lines: Bytes,
    options: CallOptions & { onFault?: OnFault },
  ) => Promise<Rows>
  close: (id: string, request: CloseRequest, options: CallOptions) => Promise<Batch>
}

/**
 * Opens a batch, sends its rows chunk by chunk and closes it. Holds the chunk that is sent and the next one. With the
 * Idempotency-Key of a run that was cut off it goes on with the first row that the producer does not have: the last chunk
 * that it has is sent again, and where the rows have changed it is refused (`rows-conflict`).
 */
export async function streamRows(
  steps: Steps,
  rows: AsyncIterable<EditRequest> | Iterable<EditRequest>,
  { name, held, rowsDigest, onFault, onChunk = () => {}, chunk: size, ...options }: StreamOptions,
): Promise<Batch> {
  const opened = await steps.open(
    {
      ...(name === undefined ? {} : { name }),
      ...(held === undefined ? {} : { held }),
      ...(rowsDigest === undefined ? {} : { rowsDigest }),
    },
    options,
  )
  const { id } = opened
  // what a closed batch has is compared with all that there is
  const known = opened.open === true ? opened.total : Number.POSITIVE_INFINITY
  const call = options.signal === undefined ? {} : { signal: options.signal }
  const put = ({ first, body }: RowChunk): Promise<Rows> =>
    steps.rows(id, first, body, { ...call, ...(onFault === undefined ? {} : { onFault }) })
  let total = 0
  let last: RowChunk | undefined
  for await (const chunk of oneAhead(chunksOf(rows, size))) {
    total += chunk.rows
    if (total <= known) {
      last = chunk
      continue
    }
    if (last !== undefined) await put(last)
    last = undefined
    onChunk({ batch: id, rows: total, answer: await put(restOf(chunk, known)) })
  }
  if (last !== undefined) await put(last)
  return steps.close(id, { total }, call)
}

/** What of a chunk comes after so many rows. */
function restOf(chunk: RowChunk, known: number): RowChunk {
  const skipped = Math.max(0, known - chunk.first + 1)
  let at = 0
  for (let i = 0; i < skipped; i += 1) at = chunk.body.indexOf(0x0a, at) + 1
  return { first: chunk.first + skipped, rows: chunk.rows - skipped, body: chunk.body.subarray(at) }
}
