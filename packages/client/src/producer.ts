import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { Producer } from './types.ts'

/** The producer that the key belongs to. */
export const producer = (connection: Connection) => ({
  read: (options: CallOptions = {}): Promise<Producer> =>
    call(connection, 'get', '/v1/producer', { ...options, has: 'name' }),

  /** None of its edits goes until it is resumed; what was admitted goes on. */
  pause: (options: CallOptions = {}): Promise<Producer> =>
    call(connection, 'post', '/v1/producer/pause', { ...options, has: 'name' }),

  resume: (options: CallOptions = {}): Promise<Producer> =>
    call(connection, 'post', '/v1/producer/resume', { ...options, has: 'name' }),
})
