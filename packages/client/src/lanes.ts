import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { Lane } from './types.ts'

/** The lanes of an installation, for keys with the scope `admin`. `lane` is a name or an id. */
export const lanes = (connection: Connection) => ({
  list: async (options: CallOptions = {}): Promise<Lane[]> =>
    (await call(connection, 'get', '/v1/lanes', { ...options, has: 'lanes' })).lanes,

  /** Nothing is submitted to it until it is resumed. Gives the lanes that have the name. */
  pause: async (lane: string, options: CallOptions = {}): Promise<Lane[]> => {
    const sent = { ...options, params: { name: lane }, has: 'lanes' } as const
    return (await call(connection, 'post', '/v1/lanes/{name}/pause', sent)).lanes
  },

  /** Ends a person's pause. A pause after a fault of the account is another one, and ends by itself. */
  resume: async (lane: string, options: CallOptions = {}): Promise<Lane[]> => {
    const sent = { ...options, params: { name: lane }, has: 'lanes' } as const
    return (await call(connection, 'post', '/v1/lanes/{name}/resume', sent)).lanes
  },
})
