import { ApiError } from './api-error.ts'
import { call, fill } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { linesOf } from './json-lines.ts'
import type { Catalog, CatalogRow } from './types.ts'

const rowsPath = '/v1/catalogs/{name}/rows'

/** Longer than the producer may take before the first row. */
const rowsTimeoutMs = 130_000

/** What became of the rows of a catalog that is run again and again. */
export function catalogs(connection: Connection) {
  return {
    /** The batches of a catalog that may get more rows, the newest first. */
    read: (name: string, options: CallOptions = {}): Promise<Catalog> =>
      call(connection, 'get', '/v1/catalogs/{name}', { ...options, params: { name }, has: 'open' }),

    /**
     * The newest row of each key of a catalog, in no order. Asked for once: where the list breaks off it throws `ApiError`
     * (`no-answer`), and is to be read again from the first.
     */
    async *rows(name: string, options: CallOptions = {}): AsyncGenerator<CatalogRow> {
      const path = fill(rowsPath, { name })
      const facts = { call: `GET ${path}` }
      const headers = { accept: 'application/x-ndjson' }
      const pieces = connection.stream({ ...options, method: 'GET', path, headers, timeoutMs: rowsTimeoutMs })
      let rows = 0
      let told: number | undefined
      for await (const line of linesOf(pieces)) {
        const said = read(line, facts)
        if ('rows' in said) told = said.rows
        else {
          rows += 1
          yield said
        }
      }
      if (told !== rows)
        throw new ApiError('no-answer', 'the list of the rows of the catalog broke off', facts)
    },
  }
}

function read(line: string, facts: { call: string }): CatalogRow | { rows: number } {
  try {
    return JSON.parse(line) as CatalogRow | { rows: number }
  } catch (cause) {
    // cut off within a line
    throw new ApiError('no-answer', 'the list of the rows of the catalog broke off', { ...facts, cause })
  }
}
