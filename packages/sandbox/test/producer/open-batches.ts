import { openLedger } from '@restyle/shared/ledger/ledger'
import { fine, type World } from './open-producer.ts'

/** Rows whose prompts are numbered from `from` on, counted from 1. */
export const rowsFrom = (from: number, count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({ ...fine, prompt: `row ${from + i}` }))

export const linesOf = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('')

/** The calls of a caller that streams, with a key of its own. */
export async function openCaller(world: World, producer = 'catalog') {
  const headers = await world.keyOf(producer)
  const { app } = world.producer
  const call = (method: 'POST' | 'GET', url: string, payload?: object) =>
    app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  return {
    headers,
    get: (url: string) => call('GET', url),
    open: (more: object = {}, key?: string) =>
      app.inject({
        method: 'POST',
        url: '/v1/batches',
        headers: { ...headers, ...(key === undefined ? {} : { 'idempotency-key': key }) },
        payload: { open: true, ...more },
      }),
    /** The id of a new open batch. */
    opened: async (more: object = {}) =>
      ((await call('POST', '/v1/batches', { open: true, ...more })).json() as { id: string }).id,
    put: (
      batch: string,
      first: number,
      rows: readonly object[] | string | Buffer,
      { query = '', type = 'application/x-ndjson' } = {},
    ) =>
      app.inject({
        method: 'PUT',
        url: `/v1/batches/${batch}/rows/${first}${query}`,
        headers: { ...headers, 'content-type': type },
        payload: typeof rows === 'string' || Buffer.isBuffer(rows) ? rows : linesOf(rows),
      }),
    cancel: (batch: string) => call('POST', `/v1/batches/${batch}/cancel`),
    close: (batch: string, total: number) => call('POST', `/v1/batches/${batch}/close`, { total }),
    view: async (batch: string) => (await call('GET', `/v1/batches/${batch}`)).json() as object,
    ledger: openLedger(world.redis, world.prefix),
  }
}
export type Caller = Awaited<ReturnType<typeof openCaller>>
