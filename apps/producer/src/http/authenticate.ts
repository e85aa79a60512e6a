import type { Api } from './api.ts'
import type { ApiKeys } from './api-keys.ts'
import { openBadKeys } from './bad-keys.ts'
import { Problem } from './problem.ts'
import { checkScope, documentScope } from './scopes.ts'

/**
 * Every route of `app` that is registered after it needs a key; the key says which producer asks. Each says in
 * `config.scope` what the key must be allowed to do, or the server does not start.
 */
export function authenticate(app: Api, apiKeys: Pick<ApiKeys, 'verify'>, badKeys = openBadKeys()): void {
  app.addHook('onRoute', documentScope)
  app.addHook('onRequest', async (request) => {
    const { authorization } = request.headers
    const keyId = keyIdIn(authorization)
    const refusal = keyId === undefined ? undefined : badKeys.refusalOf(request.ip, keyId)
    if (refusal !== undefined) throw refusal
    const holder = await apiKeys.verify(authorization)
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

/** The id of the key that a header carries, be it live or not. */
const keyIdIn = (header: string | undefined): string | undefined =>
  /\brk_([A-Za-z0-9]{1,64})_/.exec(header ?? '')?.[1]

/** The key is none, or is one no longer. */
export const noLiveKey = (): Problem =>
  new Problem('unauthorized', 'Send a live key: Authorization: Bearer rk_<keyId>_<secret>.')
