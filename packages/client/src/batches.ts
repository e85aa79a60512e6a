import { batchResults } from './batch-results.ts'
import { batchRows } from './batch-rows.ts'
import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { intake, type IntakeOptions } from './intake.ts'
import type { operations } from './openapi.ts'
import { itemsOf, listed, type ListOptions } from './pages.ts'
import { readUntil, type WaitOptions } from './read-until.ts'
import { streamRows, type StreamOptions } from './stream-rows.ts'
import type {
  Batch,
  BatchRequest,
  Budget,
  Bytes,
  CanceledBatch,
  CloseRequest,
  Edit,
  EditsPage,
  OnFault,
  OpenBatchRequest,
  RetriedBatch,
  RetryRequest,
  RowRequest,
  Rows,
  Unreadable,
} from './types.ts'

/** What the producer takes in a batch whose rows are sent in chunks. */
export const mostRowsOfBatch = 1_000_000

const mostPerPage = 500

/** Longer than the producer may take for a large batch. */
const createTimeoutMs = 310_000

/** Longer than it may take for a chunk of rows. */
const rowsTimeoutMs = 130_000

export type EditsPageOptions = CallOptions & { cursor?: string; limit?: number }

/** What batches are listed by; see `GET /v1/batches`. */
export type BatchFilter = NonNullable<operations['listBatches']['parameters']['query']>

/** Ask for many edits at once, and look at them. */
export function batches(connection: Connection) {
  const page = (id: string, { cursor, limit, ...options }: EditsPageOptions = {}): Promise<EditsPage> =>
    call(connection, 'get', '/v1/batches/{id}/edits', {
      ...options,
      params: { id },
      query: { limit, cursor },
      has: 'edits',
    })

  return {
    ...inChunks(connection),
    ...batchResults(connection),
    ...batchRows(connection),
    ...changes(connection),
    ...batchControl(connection),

    /** Enqueues all edits or none. */
    create: (request: BatchRequest, options: IntakeOptions = {}): Promise<Batch> =>
      call(connection, 'post', '/v1/batches', {
        ...intake(connection, options),
        json: request,
        has: 'id',
        timeoutMs: createTimeoutMs,
      }),

    read: (id: string, options: CallOptions = {}): Promise<Batch> =>
      call(connection, 'get', '/v1/batches/{id}', { ...options, params: { id }, has: 'counts' }),

    /**
     * The batch as soon as all of its rows have ended. Without a deadline (`signal: AbortSignal.timeout(ms)`) it waits for as
     * long as that takes, also while the producer is away. `onRead` hears of each look.
     */
    wait: (id: string, options: WaitOptions<Batch> = {}): Promise<Batch> =>
      readUntil(
        connection,
        (rest) => call(connection, 'get', '/v1/batches/{id}', { ...rest, params: { id }, has: 'counts' }),
        ({ completedAt }) => completedAt !== undefined,
        { longestMs: 15_000, ...options },
      ),

    /** The batches of the producer, the newest first; `unreadable` hears of those that the producer cannot read. */
    list: (filter: Omit<BatchFilter, 'cursor'> = {}, options: ListOptions = {}): AsyncGenerator<Batch> =>
      listed(options, async (cursor, rest) => {
        const query = { limit: mostPerPage, ...filter, ...at(cursor) }
        const page = await call(connection, 'get', '/v1/batches', { ...rest, query, has: 'batches' })
        return { ...page, items: page.batches }
      }),

    /** One page of a batch's edits, in the order of its rows. */
    page,

    /** Every edit of a batch, in the order of its rows; `unreadable` hears of those that the producer cannot read. */
    edits: (
      id: string,
      { unreadable, ...options }: CallOptions & { unreadable?: (edit: Unreadable) => void } = {},
    ): AsyncGenerator<Edit> =>
      itemsOf(async (cursor) => {
        const { edits: items, ...next } = await page(id, { ...options, limit: mostPerPage, ...at(cursor) })
        if (unreadable !== undefined) for (const edit of next.unreadable ?? []) unreadable(edit)
        return { items, ...next }
      }),
  }
}

const at = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor })

/** Batches whose rows are sent in chunks. */
function inChunks(connection: Connection) {
  const open = (request: Omit<OpenBatchRequest, 'open'> = {}, options: IntakeOptions = {}): Promise<Batch> =>
    call(connection, 'post', '/v1/batches', {
      ...intake(connection, options),
      json: { ...request, open: true },
      has: 'id',
    })

  const rows = (
    id: string,
    first: number,
    lines: Bytes,
    { onFault, traceparent, ...options }: CallOptions & { onFault?: OnFault; traceparent?: string } = {},
  ): Promise<Rows> =>
    call(connection, 'put', '/v1/batches/{id}/rows/{first}', {
      ...options,
      params: { id, first: String(first) },
      query: { onFault },
      bytes: lines,
      headers: {
        'content-type': 'application/x-ndjson',
        ...(traceparent === undefined ? {} : { traceparent }),
      },
      has: 'nextRow',
      timeoutMs: rowsTimeoutMs,
    })

  const close = (id: string, request: CloseRequest, options: CallOptions = {}): Promise<Batch> =>
    call(connection, 'post', '/v1/batches/{id}/close', {
      ...options,
      params: { id },
      json: request,
      has: 'id',
    })

  return {
    /** Begins a batch whose rows are sent in chunks. */
    open,

    /**
     * Sends a chunk of rows to an open batch: JSON lines, of which the first is row `first`, counted from 1. The same chunk
     * twice is the same. Refused where rows before it are missing (`rows-missing`, with the next row).
     */
    rows,

    /** Ends the rows of a batch: refused where it does not have so many (`rows-missing`). */
    close,

    /** Opens a batch, sends rows without holding them, and closes it; goes on where a cut run was. */
    stream: (
      items: AsyncIterable<RowRequest> | Iterable<RowRequest>,
      options: StreamOptions = {},
    ): Promise<Batch> => streamRows({ open, rows, close }, items, options),
  }
}

/** Changes of a batch that is there. */
const changes = (connection: Connection) => ({
  /** Gives a batch another priority, 1 to 9: what of it waits goes by it at once. */
  setPriority: (id: string, priority: number, options: CallOptions = {}): Promise<Batch> =>
    call(connection, 'patch', '/v1/batches/{id}', {
      ...options,
      params: { id },
      json: { priority },
      has: 'counts',
    }),

  /** What it may cost from now on; null ends the budget. One that had stopped for it goes on where it fits. */
  setBudget: (id: string, budget: Budget | null, options: CallOptions = {}): Promise<Batch> =>
    call(connection, 'patch', '/v1/batches/{id}', {
      ...options,
      params: { id },
      json: { budget },
      has: 'counts',
    }),
})

/** Orders about a batch. */
const batchControl = (connection: Connection) => ({
  /** Ends what waits. What was admitted is not submitted again; `detail` says what follows. */
  cancel: (id: string, options: CallOptions = {}): Promise<CanceledBatch> =>
    call(connection, 'post', '/v1/batches/{id}/cancel', { ...options, params: { id }, has: 'outcome' }),

  /** Tries rows that failed once more: all, or those with one of `codes`; unchanged, or with another prompt, seed or size. */
  retry: (id: string, request: RetryRequest = {}, options: IntakeOptions = {}): Promise<RetriedBatch> =>
    call(connection, 'post', '/v1/batches/{id}/retry', {
      ...intake(connection, options),
      params: { id },
      json: request,
      has: 'rows',
    }),

  /** Holds its rows back until it is resumed. */
  pause: (id: string, options: CallOptions = {}): Promise<Batch> =>
    call(connection, 'post', '/v1/batches/{id}/pause', { ...options, params: { id }, has: 'counts' }),

  resume: (id: string, options: CallOptions = {}): Promise<Batch> =>
    call(connection, 'post', '/v1/batches/{id}/resume', { ...options, params: { id }, has: 'counts' }),
})
