import { actionOfQuery, type QueryAction, refusesForGood } from './catalogue.ts'
import type { Exchange } from './exchange.ts'
import { parseJson, readError } from './read-error.ts'
import { readRetryAfter } from './retry-after.ts'

/** A question that got no answer. It says nothing about any task, and asking again is free. */
export type Unanswered = {
  kind: 'unanswered'
  code: string
  message: string
  httpStatus?: number | undefined
  retryAfterMs?: number | undefined
  action: QueryAction
  /** The vendor refuses for the edit's own input: repeated, it is the last word (repeated-refusal.ts). */
  refusedForGood?: true
}

/** A successful answer; `json` is undefined if it is none. */
export type Answered = { kind: 'answered'; json: unknown }

/** Reads what came of a query, list, cancel or upload. */
export function answerOf(exchange: Exchange, now: number): Answered | Unanswered {
  if (exchange.kind === 'nothing')
    return unanswered(exchange.cause === 'unbuilt' ? 'NotBuilt' : 'NoAnswer', exchange.detail)
  const { status, text, cut } = exchange
  if (status >= 300 && status < 400)
    return unanswered('Redirected', `answered HTTP ${status}, which is not followed`, status)
  if (status >= 400) {
    const { code, said, message } = readError(status, text)
    const action = actionOfQuery(said, message, status)
    const retryAfterMs = readRetryAfter(exchange.retryAfter, now)
    const forGood = refusesForGood(said, message, status) ? ({ refusedForGood: true } as const) : {}
    return { kind: 'unanswered', code, message, httpStatus: status, retryAfterMs, action, ...forGood }
  }
  if (cut !== undefined) return unanswered('NoAnswer', `the answer was cut: ${cut}`, status)
  return { kind: 'answered', json: parseJson(text) }
}

/** Nothing was learned, for a reason of ours that the catalogue knows. */
export function unanswered(
  code: 'NoAnswer' | 'NotBuilt' | 'Redirected' | 'Garbled' | 'WrongTask',
  message: string,
  httpStatus?: number,
): Unanswered {
  return { kind: 'unanswered', code, message, httpStatus, action: actionOfQuery(code, message) }
}
