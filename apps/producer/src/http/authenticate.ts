import type { FastifyRequest } from 'fastify'
import type { Api } from './api.ts'
import type { ApiKeys, KeyHolder } from './api-keys.ts'
import { openBadKeys } from './bad-keys.ts'
import { Problem } from './problem.ts'
import { checkScope, documentScope } from './scopes.ts'
import { keyIdOfCookie, refuseForged, type Sessions } from './sessions.ts'

type Doors = { apiKeys: Pick<ApiKeys, 'verify'>; sessions: Pick<Sessions, 'verify' | 'take'> }

/** Where a token may stand for its key. */
const signInPath = '/v1/console/session'

/**
 * Every route of `app` that is registered after it needs a key, or a browser's session that a key has opened; it says which
 * producer asks. Each route says in `config.scope` what the key must be allowed to do, or the server does not start.
 */
export function authenticate(app: Api, doors: Doors, badKeys = openBadKeys()): void {
  app.addHook('onRoute', documentScope)
  app.addHook('onRequest', async (request) => {
    const { authorization, cookie } = request.headers
    const keyId = authorization === undefined ? keyIdOfCookie(cookie) : keyIdIn(authorization)
    const refusal = keyId === undefined ? undefined : badKeys.refusalOf(request.ip, keyId)
    if (refusal !== undefined) throw refusal
    const holder = await holderOf(request, doors)
    if (holder === undefined) {
      // what does not look like a key is looked up nowhere
      if (keyId !== undefined) badKeys.note(request.ip)
      throw noLiveKey()
    }
    badKeys.noteLive(holder.keyId)
    Object.assign(request, holder)
  })
  app.addHook('onRequest', checkScope)
}

/** Who asks. A cookie counts only where nothing else is said: whoever sends a key means the key. */
async function holderOf(
  request: FastifyRequest,
  { apiKeys, sessions }: Doors,
): Promise<KeyHolder | undefined> {
  const { authorization, cookie } = request.headers
  if (authorization === undefined) {
    const holder = await sessions.verify(cookie)
    if (holder !== undefined) refuseForged(request)
    return holder
  }
  const token = request.method === 'POST' && request.routeOptions.url === signInPath && isHere(request)
  return (token ? await sessions.take(authorization) : undefined) ?? apiKeys.verify(authorization)
}

/** Whether the request comes from this machine, also where a proxy on it says from whom. */
const isHere = ({ ip, socket }: FastifyRequest): boolean =>
  [ip, socket.remoteAddress ?? ''].every((address) => /^(::1|(::ffff:)?127\..*)$/.test(address))

/** The id of the key that a header carries, be it live or not. */
const keyIdIn = (header: string | undefined): string | undefined =>
  /\brk_([A-Za-z0-9]{1,64})_/.exec(header ?? '')?.[1]

/** The key is none, or is one no longer. */
export const noLiveKey = (): Problem =>
  new Problem('unauthorized', 'Send a live key: Authorization: Bearer rk_<keyId>_<secret>.')
