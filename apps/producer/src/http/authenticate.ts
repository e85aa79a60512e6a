import type { Api } from './api.ts'
import type { ApiKeys } from './api-keys.ts'
import { Problem } from './problem.ts'

/** Every route of `app` that is registered after it needs a key; the key says which producer asks. */
export function authenticate(app: Api, apiKeys: ApiKeys): void {
  app.addHook('onRequest', async (request) => {
    const holder = await apiKeys.verify(request.headers.authorization)
    if (holder === undefined) throw noLiveKey()
    Object.assign(request, holder)
  })
}

/** The key is none, or is one no longer. */
export const noLiveKey = (): Problem =>
  new Problem('unauthorized', 'Send a live key: Authorization: Bearer rk_<keyId>_<secret>.')
