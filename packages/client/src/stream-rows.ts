import type { CallOptions } from './exchange.ts'
import type { IntakeOptions } from './intake.ts'
import { chunksOf, oneAhead, type ChunkSize, type RowChunk } from './row-chunks.ts'
import type {
  Batch,
  Budget,
  Bytes,
  CloseRequest,
  OnFault,
  OpenBatchRequest,
  RowRequest,
  Rows,
} from './types.ts'

/** How rows are sent, and what is told on the way. */
export type StreamOptions = IntakeOptions & {
  name?: string
  priority?: number
  /** Which catalog the rows come from. */
  catalog?: string
  /** What the batch may cost. */
  budget?: Budget
  /** Hours of the day in which rows are submitted. */
  window?: NonNullable<OpenBatchRequest['window']>
  /** When it should be done, in ISO 8601. */
  finishBy?: string
  /** An open batch that gets these rows after those that it has, in place of a new one. */
  into?: { id: string; total: number }
  /** Work begins when all rows are there, and not with the first chunk. */
  held?: boolean
  /** Stands for all rows: the same Idempotency-Key with other rows is then a conflict before any of them is sent. */
  rowsDigest?: string
  /** `skip`: a chunk with faulty rows is taken without them, and not refused. */
  onFault?: OnFault
  /** Told after each chunk: how many rows were sent by now, in earlier runs too, and what became of those of the chunk. */
  onChunk?: (progress: { batch: string; rows: number; answer: Rows }) => void
  chunk?: ChunkSize
}

/** The calls that it is made of. */
type Steps = {
  open: (request: Omit<OpenBatchRequest, 'open'>, options: IntakeOptions) => Promise<Batch>
  rows: (
    id: string,
    first: number,
    lines: Bytes,
    options: CallOptions & { onFault?: OnFault; traceparent?: string },
  ) => Promise<Rows>
  close: (id: string, request: CloseRequest, options: CallOptions) => Promise<Batch>
}

/**
 * Opens a batch, sends its rows chunk by chunk and closes it. Holds the chunk that is sent and the next one. With the
 * Idempotency-Key of a run that was cut off it goes on with the first row that the producer does not have: the last chunk
 * that it has is sent again, and where the rows have changed it is refused (`rows-conflict`). Where faulty rows are skipped,
 * every chunk is sent again: only the producer knows which rows it has left out. Throws a `RangeError` where there is no row.
 */
export async function streamRows(
  steps: Steps,
  rows: AsyncIterable<RowRequest> | Iterable<RowRequest>,
  {
    name,
    priority,
    catalog,
    budget,
    window,
    finishBy,
    into,
    held,
    rowsDigest,
    onFault,
    onChunk = () => {},
    chunk: size,
    ...options
  }: StreamOptions,
): Promise<Batch> {
  const { signal, traceparent } = options
  let opened: Pick<Batch, 'id' | 'open' | 'total'> | undefined = into && { ...into, open: true, total: 0 }
  const put = (batch: string, first: number, { body }: Pick<RowChunk, 'body'>): Promise<Rows> =>
    steps.rows(batch, first, body, defined({ signal, traceparent, onFault }))
  let [sent, next] = [0, (into?.total ?? 0) + 1]
  let last: RowChunk | undefined
  for await (const chunk of oneAhead(chunksOf(rows, size))) {
    opened ??= await steps.open(
      defined({ name, priority, catalog, budget, window, finishBy, held, rowsDigest }),
      options,
    )
    const known = onFault === 'skip' ? 0 : knownRows(opened)
    sent += chunk.rows
    if (sent <= known) {
      last = chunk
      next = sent + 1
      continue
    }
    // an earlier run that cut in another way has other chunks
    if (last !== undefined && next === known + 1) await put(opened.id, last.first, last)
    last = undefined
    const rest = restOf(chunk, known)
    const answer = await put(opened.id, next + chunk.rows - rest.rows, rest)
    next = answer.nextRow
    onChunk({ batch: opened.id, rows: sent, answer })
  }
  if (opened === undefined) throw new RangeError('there is no row to send')
  if (last !== undefined) await put(opened.id, last.first, last)
  return steps.close(opened.id, { total: next - 1 }, defined({ signal }))
}

/** How many rows need not be sent; what a closed batch has is compared with all that there is. */
const knownRows = ({ open, total }: Pick<Batch, 'open' | 'total'>): number =>
  open === true ? total : Number.POSITIVE_INFINITY

/** What of a chunk comes after so many rows: an earlier run may have cut its chunks in another way. */
function restOf({ first, rows, body }: RowChunk, known: number): RowChunk {
  const skipped = Math.max(0, known - first + 1)
  let at = 0
  for (let i = 0; i < skipped; i += 1) at = body.indexOf(0x0a, at) + 1
  return { first: first + skipped, rows: rows - skipped, body: body.subarray(at) }
}

/** Absent and undefined are one here. */
const defined = <Values extends object>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Values]?: NonNullable<Values[Name]>
  }
