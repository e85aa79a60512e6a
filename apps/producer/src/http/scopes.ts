import type { onRequestHookHandler, RouteOptions } from 'fastify'
import { Problem } from './problem.ts'

/** What a key may do. A key has all but `admin`, unless it was made otherwise. */
export const scopes = ['edits:write', 'edits:read', 'events', 'webhooks', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** What a route asks of a key: a scope, one of several, or only to be live. */
export type NeededScope = Scope | readonly Scope[] | 'any'

export const ordinaryScopes: readonly Scope[] = scopes.filter((scope) => scope !== 'admin')

/** Scopes as a key's record keeps them; one that this version does not know gives no right. */
export const scopesOf = (kept: readonly string[] | undefined): readonly Scope[] =>
  kept === undefined ? ordinaryScopes : scopes.filter((scope) => kept.includes(scope))

/** Notes in the document what a route asks of a key. Throws for a route that does not say it in `config.scope`. */
export function documentScope(route: RouteOptions): void {
  const needed = route.config?.scope
  if (needed === undefined)
    throw new Error(
      `${String(route.method)} ${route.url} does not say in config.scope which keys may call it`,
    )
  const oneOf = needed === 'any' ? [[]] : listed(needed).map((scope) => [scope])
  route.schema = { ...route.schema, security: oneOf.map((key) => ({ key })) }
}

/** Turns away a key that does not have the scope of the route. An address without a route is left to its own answer. */
export const checkScope: onRequestHookHandler = (request, _reply, done) => {
  const { scope: needed = 'any' } = request.routeOptions.config
  if (needed === 'any') return done()
  const oneOf = listed(needed)
  if (oneOf.some((scope) => request.scopes?.includes(scope))) return done()
  done(
    new Problem(
      'forbidden',
      `This needs a key with the scope ${oneOf.join(' or ')}, which yours does not have. Whoever runs this installation can make one.`,
    ),
  )
}

const listed = (needed: Scope | readonly Scope[]): readonly Scope[] =>
  typeof needed === 'string' ? [needed] : needed
