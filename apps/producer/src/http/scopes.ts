import type { FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'

/** What a key may do. A key has all but `admin`, unless it was made otherwise. */
export const scopes = ['edits:write', 'edits:read', 'events', 'webhooks', 'admin'] as const
export type Scope = (typeof scopes)[number]

export const ordinaryScopes: readonly Scope[] = scopes.filter((scope) => scope !== 'admin')

/** Scopes as a key's record keeps them; one that this version does not know gives no right. */
export const scopesOf = (text: string | undefined): readonly Scope[] =>
  text === undefined ? ordinaryScopes : scopes.filter((scope) => text.split(' ').includes(scope))

/** A hook of a route that only keys with this scope may call. */
export const needsScope = (scope: Scope) => async (request: FastifyRequest) => {
  if (request.scopes?.includes(scope) === true) return
  throw new Problem(
    'forbidden',
    `This needs a key with the scope ${scope}, which yours does not have. Whoever runs this installation can make one.`,
  )
}
