import { verdictAtSubmit } from './catalogue.ts'
import type { SubmitVerdict } from './error-table.ts'
import type { Exchange, LostCause } from './exchange.ts'
import { parseJson, readError } from './read-error.ts'
import { readRetryAfter } from './retry-after.ts'
import { SubmitAnswer } from './wire.ts'

/** Why nobody can say whether a task exists. */
export type UnknownCause = LostCause | '5xx' | 'noTaskId'

/** What came of a submit. `refused` is sure: no task exists. `unknown` must be looked up, never repeated blindly. */
export type SubmitOutcome =
  | { outcome: 'accepted'; taskId: string; requestId?: string | undefined }
  | {
      outcome: 'refused'
      code: string
      message: string
      httpStatus?: number | undefined
      requestId?: string | undefined
      verdict: Exclude<SubmitVerdict, 'ambiguous'>
      retryAfterMs?: number | undefined
    }
  | { outcome: 'unknown'; cause: UnknownCause; detail: string }

/** Reads what came of the one POST (docs/dashscope.md §1.4 and §5). */
export function submitOutcome(exchange: Exchange, now: number): SubmitOutcome {
  if (exchange.got === 'nothing') {
    const { sent, cause, detail } = exchange
    if (sent) return { outcome: 'unknown', cause, detail }
    const code = cause === 'late' ? 'TooLate' : 'NotSent'
    return { outcome: 'refused', code, message: detail, verdict: 'retry' }
  }
  const { status, text, cut } = exchange
  if (status < 300) return accepted(text, cut)
  if (status < 400) {
    const message = `answered HTTP ${status}, which is not followed`
    return { outcome: 'refused', code: 'Redirected', message, httpStatus: status, verdict: 'pauseLane' }
  }
  const { code, said, message, requestId } = readError(status, text)
  const verdict = verdictAtSubmit(said, message, status)
  if (verdict === 'ambiguous')
    return { outcome: 'unknown', cause: '5xx', detail: `HTTP ${status} ${code}: ${message}` }
  const retryAfterMs = readRetryAfter(exchange.retryAfter, now)
  return { outcome: 'refused', code, message, httpStatus: status, requestId, verdict, retryAfterMs }
}

function accepted(text: string, cut: LostCause | undefined): SubmitOutcome {
  if (cut !== undefined)
    return { outcome: 'unknown', cause: cut, detail: 'the answer to a successful submit was cut' }
  const json = parseJson(text)
  if (json === undefined) {
    return {
      outcome: 'unknown',
      cause: 'garbled',
      detail: `an answer of ${text.length} characters that is no JSON`,
    }
  }
  const answer = SubmitAnswer.safeParse(json)
  if (answer.success) {
    return { outcome: 'accepted', taskId: answer.data.output.task_id, requestId: answer.data.request_id }
  }
  const { code, message } = readError(200, text)
  return { outcome: 'unknown', cause: 'noTaskId', detail: `${code}: ${message}` }
}
