import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { Failures, Found } from './types.ts'

/** Look for what was made, and for what came to nothing. */
export const find = (connection: Connection) => ({
  /**
   * Batches and edits by one line, such as `key:LAMP* state:failed prompt:"oak table"`; see `GET /v1/search`. `bounded`: there is
   * more that was not looked at; `cursor` goes on with the same line.
   */
  search: (
    q: string,
    { cursor, limit, ...options }: CallOptions & { cursor?: string; limit?: number } = {},
  ): Promise<Found> =>
    call(connection, 'get', '/v1/search', { ...options, query: { q, cursor, limit }, has: 'edits' }),

  /** What failed, by code. `since`: a time such as 2026-03-02T21:00:00Z; `batch`: of this one alone. */
  failures: ({
    since,
    batch,
    ...options
  }: CallOptions & { since?: string; batch?: string } = {}): Promise<Failures> =>
    call(connection, 'get', '/v1/failures', { ...options, query: { since, batch }, has: 'failures' }),
})
