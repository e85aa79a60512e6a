import { ApiError } from './api-error.ts'
import { call, fill, queryText } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { paths } from './openapi.ts'
import type { BatchMap, EditsPage, FoundRows } from './types.ts'

const planes = ['state', 'verdict', 'code', 'redo']
const mapPath = '/v1/batches/{id}/map' satisfies keyof paths

/** The rows of a batch at a glance, and some of them. */
export const batchRows = (connection: Connection) => ({
  /** A byte of every row for its state, its verdict, its error code and its redo. */
  map: async (id: string, options: CallOptions = {}): Promise<BatchMap> => {
    const path = `${fill(mapPath, { id })}${queryText({ planes: planes.join(',') })}`
    const pieces: Uint8Array[] = []
    let answered = new Headers()
    const onAnswer = (headers: Headers): void => {
      answered = headers
    }
    for await (const piece of connection.stream({ ...options, method: 'GET', path, onAnswer }))
      pieces.push(piece)
    const [rows, version] = ['x-restyle-rows', 'x-restyle-version'].map((name) =>
      Number(answered.get(name) ?? NaN),
    )
    const bytes = joined(pieces)
    if (
      rows === undefined ||
      version === undefined ||
      Number.isNaN(version) ||
      bytes.length !== planes.length * rows
    )
      throw new ApiError(
        'unexpected-answer',
        `${connection.url} answered GET ${path} with something unexpected`,
        {
          call: `GET ${path}`,
        },
      )
    const plane = (place: number): Uint8Array => bytes.subarray(place * rows, (place + 1) * rows)
    return { version, rows, state: plane(0), verdict: plane(1), code: plane(2), redo: plane(3) }
  },

  /**
   * Which rows have a key or a prompt, by the line of a search (`key:LAMP* prompt:"oak table"`). `from`: the first that is looked at,
   * counted from 1; `nextRow` of the answer goes on.
   */
  findRows: (
    id: string,
    q: string,
    { from, ...options }: CallOptions & { from?: number } = {},
  ): Promise<FoundRows> =>
    call(connection, 'get', '/v1/batches/{id}/rows', {
      ...options,
      params: { id },
      query: { q, from },
      has: 'rows',
    }),

  /** The edits of up to 200 rows, which `ranges` names: `3,9,40-60`, counted from 1. */
  editsOfRows: (id: string, ranges: string, options: CallOptions = {}): Promise<EditsPage> =>
    call(connection, 'get', '/v1/batches/{id}/edits', {
      ...options,
      params: { id },
      query: { rows: ranges },
      has: 'edits',
    }),
})

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
