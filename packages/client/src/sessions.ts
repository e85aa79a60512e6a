import { type AnswerOf, call } from './call.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import type { paths } from './openapi.ts'

const path = '/v1/console/session'
const listPath = '/v1/console/sessions'

/** Whose session it is, what it may do, and when it ends unless it is used. */
export type Session = AnswerOf<paths[typeof path]['get']>

/** Sessions of browsers, the last used first; `more`: how many are left out. */
export type OpenSessions = AnswerOf<paths[typeof listPath]['get']>
export type OpenSession = OpenSessions['sessions'][number]

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

  /** Who is signed in by a browser: with the key of the client, or for a key with the scope `admin` with any of its producer. */
  list: (options: CallOptions = {}): Promise<OpenSessions> =>
    call(connection, 'get', listPath, { ...options, has: 'sessions' }),

  /** Ends one of them. Gives it as it was. */
  endOne: (id: string, options: CallOptions = {}): Promise<OpenSession> =>
    call(connection, 'delete', `${listPath}/{id}`, { ...options, params: { id }, has: 'id' }),
})
