import type { Api } from './api.ts'
import type { ApiKeys } from './api-keys.ts'
import { Problem } from './problem.ts'

/** Every route of `app` that is registered after it needs a key; the key says which producer asks. */
export function authenticate(app: Api, apiKeys: ApiKeys): void {
  app.addHook('onRequest', async (request) => {
    const producer = await apiKeys.verify(request.headers.authorization)
    if (producer === undefined)
      throw new Problem('unauthorized', 'Send a live key: Authorization: Bearer rk_<keyId>_<secret>.')
    request.producer = producer
  })
}
