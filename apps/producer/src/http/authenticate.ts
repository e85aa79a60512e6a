import type { Api } from './api.ts'
import type { ApiKeys } from './api-keys.ts'
import { Problem } from './problem.ts'

/** From here on every route of `app` needs a key; the key says who asks. */
export function authenticate(app: Api, apiKeys: ApiKeys): void {
  app.addHook('onRequest', async (request) => {
    const producer = await apiKeys.verify(request.headers.authorization)
    if (producer === undefined)
      throw new Problem('unauthorized', 'Send a live key: Authorization: Bearer rk_<keyId>_<secret>.')
    request.producer = producer
  })
}
