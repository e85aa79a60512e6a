import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { WeighedProducer } from './types.ts'

/** Every producer and its weight, for keys with the scope `admin`. */
export const producers = (connection: Connection) => ({
  list: async (options: CallOptions = {}): Promise<WeighedProducer[]> =>
    (await call(connection, 'get', '/v1/producers', { ...options, has: 'producers' })).producers,

  /** 1 to 1,000; twice the weight gets twice the images of a model while others wait. */
  setWeight: (name: string, weight: number, options: CallOptions = {}): Promise<WeighedProducer> =>
    call(connection, 'put', '/v1/producers/{name}', {
      ...options,
      params: { name },
      json: { weight },
      has: 'weight',
    }),
})
