import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { Model } from './types.ts'

/** What can be asked for. */
export const models = (connection: Connection) => ({
  /** Every model, its limits and its prices. */
  list: async (options: CallOptions = {}): Promise<Model[]> =>
    (await call(connection, 'get', '/v1/models', { ...options, has: 'models' })).models,
})
