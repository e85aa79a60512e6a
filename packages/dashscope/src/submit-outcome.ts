import { actionAtSubmit } from './catalogue.ts'
import type { SubmitAction } from './error-row.ts'
import type { Exchange, LostCause } from './exchange.ts'
import { parseJson, readError } from './read-error.ts'
import { readRetryAfter } from './retry-after.ts'
import { SubmitAnswer } from './wire.ts'

/** Why nobody can say whether a task exists. */
export type UnknownCause = LostCause | '5xx' | 'noTaskId'

/** The vendor's own words, as far as it said any. */
export type VendorWords = {
  code?: string | undefined
  message?: string | undefined
  httpStatus?: number | undefined
  requestId?: string | undefined
}

/**
 * What came of a submit. `refused` is sure: no task exists. `unknown` must be looked up, never repeated blindly; it
 * carries what the vendor said, so that an edit that ends after many such answers can end with its words.
 */
export type SubmitOutcome =
  | { kind: 'accepted'; taskId: string; requestId?: string | undefined }
  | {
      kind: 'refused'
      code: string
      message: string
      httpStatus?: number | undefined
      requestId?: string | undefined
      action: Exclude<SubmitAction, 'lookUp'>
      retryAfterMs?: number | undefined
    }
  | ({ kind: 'unknown'; cause: UnknownCause; detail: string } & VendorWords)

/** Reads what came of the one POST (docs/dashscope.md §1.4 and §5). */
export function submitOutcome(exchange: Exchange, now: number): SubmitOutcome {
  if (exchange.kind === 'nothing') {
    const { sent, cause, detail } = exchange
    if (sent) return { kind: 'unknown', cause, detail }
    if (cause === 'unbuilt')
      return { kind: 'refused', code: 'NotBuilt', message: detail, action: 'pauseLane' }
    const code = cause === 'late' ? 'TooLate' : 'NotSent'
    return { kind: 'refused', code, message: detail, action: 'retryLater' }
  }
  const { status, text, cut } = exchange
  if (status < 300) return accepted(status, text, cut)
  if (status < 400) {
    const message = `answered HTTP ${status}, which is not followed`
    return { kind: 'refused', code: 'Redirected', message, httpStatus: status, action: 'pauseLane' }
  }
  const { code, said, message, requestId } = readError(status, text)
  const action = actionAtSubmit(said, message, status)
  if (action === 'lookUp') {
    const detail = `HTTP ${status} ${code}: ${message}`
    return { kind: 'unknown', cause: '5xx', detail, code, message, httpStatus: status, requestId }
  }
  const retryAfterMs = readRetryAfter(exchange.retryAfter, now)
  return { kind: 'refused', code, message, httpStatus: status, requestId, action, retryAfterMs }
}

function accepted(httpStatus: number, text: string, cut: LostCause | undefined): SubmitOutcome {
  if (cut !== undefined)
    return { kind: 'unknown', cause: cut, detail: 'the answer to a successful submit was cut', httpStatus }
  const json = parseJson(text)
  if (json === undefined) {
    const detail = `an answer of ${text.length} characters that is no JSON`
    return { kind: 'unknown', cause: 'garbled', detail, httpStatus }
  }
  const answer = SubmitAnswer.safeParse(json)
  if (answer.success) {
    return { kind: 'accepted', taskId: answer.data.output.task_id, requestId: answer.data.request_id }
  }
  const { code, said, message, requestId } = readError(httpStatus, text)
  const words = { code, message, httpStatus, requestId }
  const action = actionAtSubmit(said, message, httpStatus)
  // a code that nobody knows is looked up: a gateway may call its success a code too
  if (action !== 'lookUp') return { kind: 'refused', ...words, action }
  return { kind: 'unknown', cause: 'noTaskId', detail: `${code}: ${message}`, ...words }
}
