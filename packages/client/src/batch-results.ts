import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { itemsOf } from './pages.ts'
import type { Files, Result, UnreadableRow, VerdictName } from './types.ts'

const mostPerPage = 500

export type ResultsOptions = CallOptions & {
  unreadable?: (row: UnreadableRow) => void
  /** From 60 to 604,800. */
  links?: number
  /** Only rows of which a person said this; `none`: of which nobody said anything. */
  verdict?: VerdictName | 'none'
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
    { unreadable, links, verdict, limit = mostPerPage, ...options }: ResultsOptions = {},
  ): AsyncGenerator<Result> =>
    itemsOf(async (cursor) => {
      const query = { limit, links, verdict, ...(cursor === undefined ? {} : { cursor }) }
      const sent = { ...options, params: { id }, query, has: 'results' } as const
      const read = await call(connection, 'get', '/v1/batches/{id}/results', sent)
      if (unreadable !== undefined) for (const row of read.unreadable ?? []) unreadable(row)
      return { ...read, items: read.results }
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
