import type { Problem } from './types.ts'

/** The codes that a producer refuses with. */
type ProblemCode = Problem['code']

/**
 * A refusal of the producer, or one of six of our own. `unreachable`: nobody listens at the address. `no-answer`: the
 * connection broke or the time ran out, and what was sent may have been done. `unexpected-answer`: something other than
 * a producer answered. `refused`: the store of the images did not open an address. `events-gone`: events are no longer kept
 * that the reader has not had. `bad-webhook`: a request does not prove that it is a webhook of this producer, or of now.
 */
export type ErrorCode =
  | ProblemCode
  | 'unreachable'
  | 'no-answer'
  | 'unexpected-answer'
  | 'refused'
  | 'events-gone'
  | 'bad-webhook'

/** One thing to repair: `pointer` leads into the JSON body, `row` counts the edits of a batch from 1. */
export type RequestFault = NonNullable<Problem['errors']>[number]

/** What is known of a failed call. */
export type ErrorFacts = {
  /** `POST /v1/edits`. */
  call: string
  /** Of the answer; absent where there was none. */
  status?: number
  faults?: readonly RequestFault[]
  /** How long the producer asks to wait, in ms. */
  retryAfterMs?: number
  /** Of the answer: the producer's log has it. */
  requestId?: string
  /** The key that the call was sent under: the same call with the same key is never done twice. */
  idempotencyKey?: string
  cause?: unknown
}

const passing: readonly (number | undefined)[] = [429, 502, 503, 504]
const passingCodes: readonly ErrorCode[] = ['unreachable', 'no-answer', 'still-running']

/** The only error that a client throws, besides the reason of an aborted signal. `message` is a sentence for a person. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** Stable. A newer producer may refuse with a code that is not in the type. */
  readonly code: ErrorCode
  readonly call: string
  readonly status: number | undefined
  readonly faults: readonly RequestFault[]
  readonly retryAfterMs: number | undefined
  readonly requestId: string | undefined
  readonly idempotencyKey: string | undefined

  constructor(code: ErrorCode, message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.call = facts.call
    this.status = facts.status
    this.faults = facts.faults ?? []
    this.retryAfterMs = facts.retryAfterMs
    this.requestId = facts.requestId
    this.idempotencyKey = facts.idempotencyKey
  }

  /** Whether the same call may succeed later. */
  get transient(): boolean {
    return passingCodes.includes(this.code) || passing.includes(this.status)
  }
}
