import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { Usage } from './types.ts'

/** Days are dates such as 2026-10-25, of the producer's time zone; a page has 100 rows where nothing is said. */
export type UsageQuery = {
  by?: Usage['by']
  from?: string
  /** In place of `from`: so many days, of which `to` is the last. */
  days?: number
  to?: string
  /** With an admin key another one than the key's own; all of them if left out. */
  producer?: string
  cursor?: string
  limit?: number
}

/** What was billed and what is reserved, a number for each currency. */
export const usage =
  (connection: Connection) =>
  (query: UsageQuery = {}, options: CallOptions = {}): Promise<Usage> =>
    call(connection, 'get', '/v1/usage', { ...options, query, has: 'totals' })
