import { call, fill, queryText } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { paths } from './openapi.ts'
import { itemsOf } from './pages.ts'
import type { Files, Result, UnreadableRow, VerdictName } from './types.ts'

const resultsPath = '/v1/batches/{id}/results' satisfies keyof paths

const mostPerPage = 500

/** Longer than the producer may take from one piece to the next: it may read the names of the columns of a million rows. */
const exportTimeoutMs = 130_000

export type ResultsOptions = CallOptions & {
  unreadable?: (row: UnreadableRow) => void
  /** From 60 to 604,800. */
  links?: number
  /** Only rows of which a person said this; `none`: of which nobody said anything. */
  verdict?: VerdictName | 'none'
  /** Only rows whose newest edit has ended so; not together with `verdict`. */
  state?: 'succeeded' | 'failed' | 'canceled'
  /** Rows in a page: pages with links are smaller, so that these are used before they end. */
  limit?: number
}

/** What a batch came to. */
export const batchResults = (connection: Connection) => ({
  /**
   * Every row of a batch with its sources and the catalog's own columns, in their order; `unreadable` hears of those that the
   * producer cannot read. `links`: also addresses of the images, which end after so many seconds.
   */
  results: (
    id: string,
    { unreadable, links, verdict, state, limit = mostPerPage, ...options }: ResultsOptions = {},
  ): AsyncGenerator<Result> =>
    itemsOf(async (cursor) => {
      const query = { limit, links, verdict, state, ...(cursor === undefined ? {} : { cursor }) }
      const sent = { ...options, params: { id }, query, has: 'results' } as const
      const read = await call(connection, 'get', resultsPath, sent)
      if (unreadable !== undefined) for (const row of read.unreadable ?? []) unreadable(row)
      return { ...read, items: read.results }
    }),

  /**
   * The bytes of a file with all rows while they come: a table (`csv`), or a result on each line (`jsonl`). Asked for once. Throws
   * `ApiError`, also where the file breaks off.
   */
  export: (
    id: string,
    format: 'csv' | 'jsonl',
    { links, verdict, state, ...options }: Omit<ResultsOptions, 'unreadable' | 'limit'> = {},
  ): AsyncGenerator<Uint8Array> =>
    connection.stream({
      ...options,
      method: 'GET',
      path: `${fill(resultsPath, { id })}${queryText({ format, links, verdict, state })}`,
      timeoutMs: exportTimeoutMs,
    }),

  /** Results and report of a batch that has ended, with addresses that end after so many seconds (default an hour). */
  files: (id: string, { seconds, ...options }: CallOptions & { seconds?: number } = {}): Promise<Files> =>
    call(connection, 'get', '/v1/batches/{id}/files', {
      ...options,
      params: { id },
      query: { seconds },
      has: 'state',
    }),
})
