import { call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { Key, MadeKey, NewKey } from './types.ts'

/** `overlapSeconds`: how long the old key lives on beside its successor; a day if left out. */
export type RotateOptions = CallOptions & { overlapSeconds?: number }

/** API keys. Every key sees and rotates itself; all else is for keys with the scope `admin`. */
export const keys = (connection: Connection) => ({
  /** The answer is the one time that the key is shown. After a lost answer revoke what the list shows, and make another. */
  create: (key: NewKey, options: CallOptions = {}): Promise<MadeKey> =>
    call(connection, 'post', '/v1/keys', { ...options, json: key, has: 'key' }),

  /** The keys of all producers or of one, the oldest first, page by page. */
  async *list({ producer, ...options }: CallOptions & { producer?: string } = {}): AsyncGenerator<Key> {
    let cursor: string | undefined
    do {
      const query = { producer, cursor, limit: 500 }
      const page = await call(connection, 'get', '/v1/keys', { ...options, query, has: 'keys' })
      yield* page.keys
      cursor = page.nextCursor
    } while (cursor !== undefined)
  },

  read: (id: string, options: CallOptions = {}): Promise<Key> =>
    call(connection, 'get', '/v1/keys/{id}', { ...options, params: { id }, has: 'state' }),

  /** The successor may do the same. After a lost answer rotate again: one that nobody has used is replaced. */
  rotate: (id: string, { overlapSeconds, ...options }: RotateOptions = {}): Promise<MadeKey> =>
    call(connection, 'post', '/v1/keys/{id}/rotate', {
      ...options,
      params: { id },
      json: overlapSeconds === undefined ? {} : { overlapSeconds },
      has: 'key',
    }),

  /** It opens nothing any more; with `successors` also those that came from it by rotation. Gives it as it is then. */
  revoke: (
    id: string,
    { successors = false, ...options }: CallOptions & { successors?: boolean } = {},
  ): Promise<Key> =>
    call(connection, 'delete', '/v1/keys/{id}', {
      ...options,
      params: { id },
      query: { successors: successors ? 'true' : 'false' },
      has: 'state',
    }),

  /** The key that this client calls with. */
  own: (options: CallOptions = {}): Promise<Key> =>
    call(connection, 'get', '/v1/key', { ...options, has: 'state' }),

  /** Gives the key that this client calls with a successor. */
  rotateOwn: ({ overlapSeconds, ...options }: RotateOptions = {}): Promise<MadeKey> =>
    call(connection, 'post', '/v1/key/rotate', {
      ...options,
      json: overlapSeconds === undefined ? {} : { overlapSeconds },
      has: 'key',
    }),
})
