import type { Api } from './api.ts'
import type { ApiKeys } from './api-keys.ts'
import { Problem } from './problem.ts'
import { checkScope, documentScope } from './scopes.ts'

/**
 * Every route of `app` that is registered after it needs a key; the key says which producer asks. Each says in
 * `config.scope` what the key must be allowed to do, or the server does not start.
 */
export function authenticate(app: Api, apiKeys: ApiKeys): void {
  app.addHook('onRoute', documentScope)
  app.addHook('onRequest', async (request) => {
    const holder = await apiKeys.verify(request.headers.authorization)
    if (holder === undefined) throw noLiveKey()
    Object.assign(request, holder)
  })
  app.addHook('onRequest', checkScope)
}

/** The key is none, or is one no longer. */
export const noLiveKey = (): Problem =>
  new Problem('unauthorized', 'Send a live key: Authorization: Bearer rk_<keyId>_<secret>.')
