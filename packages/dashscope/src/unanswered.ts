import { verdictOfQuery, type QueryVerdict } from './catalogue.ts'
import type { Exchange } from './exchange.ts'
import { parseJson, readError } from './read-error.ts'
import { readRetryAfter } from './retry-after.ts'

/** A question that got no answer. It says nothing about any task, and asking again is free. */
export type Unanswered = {
  outcome: 'unanswered'
  code: string
  message: string
  httpStatus?: number | undefined
  retryAfterMs?: number | undefined
  verdict: QueryVerdict
}

/** A successful answer; `json` is undefined if it is none. */
export type Answered = { outcome: 'answered'; json: unknown }

/** Reads what came of a query, list, cancel or upload. */
export function answerOf(exchange: Exchange, now: number): Answered | Unanswered {
  if (exchange.got === 'nothing') return unanswered('NoAnswer', exchange.detail)
  const { status, text, cut } = exchange
  if (status >= 300 && status < 400)
    return unanswered('Redirected', `answered HTTP ${status}, which is not followed`, status)
  if (status >= 400) {
    const { code, said, message } = readError(status, text)
    const verdict = verdictOfQuery(said, message, status)
    const retryAfterMs = readRetryAfter(exchange.retryAfter, now)
    return { outcome: 'unanswered', code, message, httpStatus: status, retryAfterMs, verdict }
  }
  if (cut !== undefined) return unanswered('NoAnswer', `the answer was cut: ${cut}`, status)
  return { outcome: 'answered', json: parseJson(text) }
}

/** Nothing was learned, for a reason of ours that the catalogue knows. */
export function unanswered(
  code: 'NoAnswer' | 'Redirected' | 'Garbled' | 'WrongTask',
  message: string,
  httpStatus?: number,
): Unanswered {
  return { outcome: 'unanswered', code, message, httpStatus, verdict: verdictOfQuery(code, message) }
}
