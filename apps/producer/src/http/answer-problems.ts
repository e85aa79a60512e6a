import type { Log } from '@restyle/shared/log'
import type { FastifyReply } from 'fastify'
import type { Api } from './api.ts'
import type { Problem } from './problem.ts'
import { problemOf } from './problem-of.ts'
import type { ProblemView } from './problem-view.ts'
import type { SparingLog } from './sparing-log.ts'

/** Turns every error that ends a request into a problem document. */
export function answerProblems(app: Api, log: Log, warn: SparingLog): void {
  const isNews = firstOfEach()
  app.setErrorHandler((error, request, reply) => {
    const plain = problemOf(error, request)
    const { promised } = request
    const failed = plain.code === 'internal' || plain.code === 'unavailable'
    const problem = failed && promised !== undefined ? plain.withPromise(promised) : plain
    const facts = {
      error,
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      ...(promised === undefined ? {} : { promised: promised.id }),
    }
    if (problem.code === 'internal') log.error(facts, 'request failed')
    if (problem.code === 'unreadable' && isNews(error))
      log.error(facts, 'record cannot be read, and only its own reader is refused')
    if (problem.code === 'unavailable') warn(facts, 'request turned away')
    return sendProblem(reply, problem)
  })
}

/** Whether an error says what no earlier one has said. */
function firstOfEach(most = 10_000): (error: unknown) => boolean {
  const told = new Set<string>()
  return (error) => {
    const says = error instanceof Error ? error.message : String(error)
    if (told.has(says)) return false
    if (told.size >= most) told.clear()
    told.add(says)
    return true
  }
}

/** Sends bytes: to a string the framework would add a charset, and JSON has none. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const view: ProblemView = problem.view(reply.request.id)
  // where the address could not be read no hook has set it
  reply.header('x-request-id', reply.request.id)
  if (view.status === 401) reply.header('www-authenticate', 'Bearer')
  if (problem.retryAfter !== undefined) reply.header('retry-after', problem.retryAfter)
  // the rest of the body is on its way
  if (view.status === 413 || view.status === 408) reply.header('connection', 'close')
  if (problem.promised !== undefined) reply.header('idempotency-key', problem.promised.idempotencyKey)
  return reply
    .code(view.status)
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify(view)))
}
