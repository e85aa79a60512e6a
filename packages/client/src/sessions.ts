import { type AnswerOf, call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { paths } from './openapi.ts'

const path = '/v1/console/session'

/** Whose session it is, what it may do, and when it ends unless it is used. */
export type Session = AnswerOf<paths[typeof path]['get']>

/** The session of a browser, which stands for a key: a stream and a picture cannot carry one. */
export const sessions = (connection: Connection) => ({
  /** Throws `unauthorized` where there is none. */
  read: (options: CallOptions = {}): Promise<Session> =>
    call(connection, 'get', path, { ...options, has: 'keyId' }),

  /** Opens a session with a key, or with the token of an address that a local start printed. Nothing keeps the key. */
  open: (by: { key: string } | { token: string }, options: CallOptions = {}): Promise<Session> =>
    call(connection, 'post', path, {
      ...options,
      headers: { authorization: `Bearer ${'key' in by ? by.key : `once_${by.token}`}` },
      has: 'keyId',
    }),

  end: (options: CallOptions = {}): Promise<Session> =>
    call(connection, 'delete', path, { ...options, has: 'keyId' }),
})
