import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'

/** Who is signed in in this browser. */
export type Session = { producer: string; keyId: string; scopes: string[]; expiresAt: string }

const path = '/v1/console/session'

/** The console's session, which stands for a key in a browser. */
export const sessions = (connection: Connection) => ({
  read: async (options: CallOptions = {}): Promise<Session> =>
    JSON.parse(await connection.send({ ...options, method: 'GET', path })) as Session,

  /** By a key, or once by a token of whoever started the producer. */
  signIn: async (by: { key: string } | { token: string }, options: CallOptions = {}): Promise<Session> =>
    JSON.parse(
      await connection.send({
        ...options,
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(by),
      }),
    ) as Session,

  signOut: async (options: CallOptions = {}): Promise<void> => {
    await connection.send({ ...options, method: 'DELETE', path })
  },
})
