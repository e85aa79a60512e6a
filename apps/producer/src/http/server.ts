import { fastify } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { batchRoutes } from '../batch/batch-routes.ts'
import { editRoutes } from '../edit/edit-routes.ts'
import { eventRoutes } from '../event/event-routes.ts'
import { reviewRoutes } from '../review/review-routes.ts'
import { sourceRoutes } from '../source/source-routes.ts'
import { answerProblems, sendProblem } from './answer-problems.ts'
import type { Api, Deps } from './api.ts'
import { authenticate } from './authenticate.ts'
import { healthRoutes } from './health-routes.ts'
import { modelRoutes } from './model-routes.ts'
import { describeApi } from './openapi.ts'
import { parseJson } from './parse-json.ts'
import { Problem } from './problem.ts'
import { validateByZod } from './validate.ts'

const KiB = 1024

/** Every route, ready to listen or to be injected into. */
export async function createServer(deps: Deps): Promise<Api> {
  const { followers, log } = deps
  const app = fastify({
    bodyLimit: 256 * KiB,
    exposeHeadRoutes: false,
    // the ledger's own deadlines are shorter: this is the net below them
    handlerTimeout: 20_000,
    requestTimeout: 300_000,
    frameworkErrors: (_error, _request, reply) => {
      void sendProblem(reply, new Problem('malformed-request', 'The address cannot be read.'))
    },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validateByZod)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('producer', '')
  app.addHook('preClose', async () => followers.stop())
  // an idle connection would keep a stopping server waiting
  app.addHook('onSend', async (_request, reply) => {
    if (followers.stopping.aborted) reply.header('connection', 'close')
  })
  answerProblems(app, log)
  parseJson(app)
  await describeApi(app)

  // a plugin each, so that what one of them sets holds for its own routes only
  await app.register(async (open: Api) => {
    healthRoutes(open, deps)
  })
  await app.register(async (keyed: Api) => {
    authenticate(keyed, deps.apiKeys)
    modelRoutes(keyed)
    editRoutes(keyed, deps)
    batchRoutes(keyed, deps)
    reviewRoutes(keyed, deps)
    eventRoutes(keyed, deps)
    await keyed.register(async (bytes: Api) => sourceRoutes(bytes, deps))
  })
  await app.ready()
  return app
}
