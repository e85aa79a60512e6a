import type { IncomingMessage, ServerResponse } from 'node:http'
import { keyOf } from './account.ts'
import { type Answer, json, refuse } from './answer.ts'
import type { AnswerDeed, Faults, RequestFacts } from './faults.ts'
import { matchRoute } from './match-route.ts'
import { readBody } from './read-body.ts'
import { type Later, sendAnswer } from './spoil.ts'
import { type CallOptions, createCalls, type OtherCall } from './take-call.ts'
import { createSubmit, type SubmitOptions } from './take-submit.ts'
import type { TrafficRecord } from './traffic-record.ts'

/** What the routes are made of. */
export type RouteOptions = CallOptions &
  SubmitOptions & { faults: Faults; record: TrafficRecord; later: Later }

const counterOf = {
  submit: 'submits',
  query: 'polls',
  list: 'lists',
  cancel: 'cancels',
  policy: 'policies',
  upload: 'uploads',
  result: 'downloads',
} as const

const notFound = refuse({ status: 404, code: 'NotFound', message: 'Not found.' })
const tooLarge = refuse({
  status: 400,
  code: 'BadRequest.TooLarge',
  message: 'Exceeded limit on max bytes to request body.',
})

/** Answers every request of the simulated service: find the route, count it, do the work, let the faults have their say. */
export const createRoutes = (
  options: RouteOptions,
): ((request: IncomingMessage, response: ServerResponse) => Promise<void>) => {
  const { origin, faults, record, later } = options
  const takeSubmit = createSubmit(options)
  const takeCall = createCalls(options)

  const takeOther = async (call: OtherCall, body: Buffer): Promise<[Answer, AnswerDeed | undefined]> => {
    const taskId = call.at === 'query' || call.at === 'cancel' ? call.name : undefined
    const facts: RequestFacts = { at: call.at, path: call.url.pathname, key: keyOf(call.request), taskId }
    const instead = faults.takeBefore(facts)
    if (instead) return [json({}), instead]
    const answer = await takeCall(call, body)
    return [answer, answer.status < 300 ? faults.takeAfter(facts) : undefined]
  }

  return async (request, response) => {
    const exchange = { request, response, later }
    const call = matchRoute(request, origin())
    if (!call) return sendAnswer(exchange, notFound, undefined)
    record.count(counterOf[call.at])
    const body = await readBody(request)
    if (body === 'aborted') return
    if (body === 'too large') {
      response.setHeader('Connection', 'close')
      return sendAnswer(exchange, tooLarge, undefined)
    }
    const { at } = call
    const [answer, deed] =
      at === 'submit' ? takeSubmit(call, body.toString()) : await takeOther({ ...call, at }, body)
    sendAnswer(exchange, answer, deed)
  }
}
