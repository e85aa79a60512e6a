import { limits } from '@restyle/shared/contract/limits'
import { z } from 'zod'
import { protocolProblems } from './protocol-problems.ts'
import { verdictProblems } from './verdict-problems.ts'

/** Every kind of refusal, by its stable code: its status, what it means, and what to do about it. docs/problems.md has all. */
export const problems = {
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    todo: 'Send HTTP/1.1 with JSON in UTF-8; `detail` says where it breaks.',
  },
  'invalid-parameter': {
    status: 400,
    title: 'A parameter or header does not fit',
    todo: 'Correct what `errors` names by `parameter`.',
  },
  unauthorized: {
    status: 401,
    title: 'No live API key',
    todo: 'Send a live key: `Authorization: Bearer rk_<keyId>_<secret>`.',
  },
  forbidden: {
    status: 403,
    title: 'The key may not do this',
    todo: 'Use a key with the scope that `detail` names.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing',
    todo: 'Check the address and the id. What belongs to another producer is answered like this, too.',
  },
  ...protocolProblems,
  'still-running': {
    status: 409,
    title: 'The same request is being carried out',
    todo: 'Send the same request again after `Retry-After`; it is answered with what the first one made.',
  },
  'image-pending': {
    status: 409,
    title: 'The image is not stored yet',
    todo: 'Ask again after `Retry-After`, or wait for the event of the edit.',
  },
  'rows-conflict': {
    status: 409,
    title: 'These rows came with another content before',
    todo: 'Send rows under numbers that are free; `nextRow` is the next one.',
  },
  'rows-missing': {
    status: 409,
    title: 'The batch does not have the rows that it should have',
    todo: 'Go on at `nextRow`, or close with the number of rows that the batch has.',
  },
  'batch-closed': { status: 409, title: 'The batch takes no more rows', todo: 'Open another batch.' },
  'not-held': {
    status: 409,
    title: 'The edit does not wait for a decision',
    todo: 'Nothing: read the edit to see how it went on.',
  },
  'not-queued': {
    status: 409,
    title: 'Only what is queued can be paused or resumed',
    todo: 'Nothing: what was submitted goes on to its end.',
  },
  'budget-fixed': {
    status: 409,
    title: 'The budget of the batch cannot be changed any more',
    todo: 'Send the rest as another batch with a budget of its own.',
  },
  'not-retried': {
    status: 409,
    title: 'The batch cannot be retried now',
    todo: 'Read the batch: it must have ended with failed rows, and its last retry, too.',
  },
  ...verdictProblems,
  'task-taken': {
    status: 409,
    title: 'The task belongs to another edit',
    todo: 'Look up the right task in the console of the vendor.',
  },
  'webhook-disabled': { status: 409, title: 'The webhook is disabled', todo: 'Enable it by PATCH first.' },
  'already-answered': {
    status: 409,
    title: 'What became of the submit is known already',
    todo: 'Nothing: read the edit to see how it went on.',
  },
  'too-many-groups': {
    status: 409,
    title: 'The producer has as many groups as it may have',
    todo: 'Remove a group that nobody reads: `DELETE /v1/event-groups/{name}`.',
  },
  'too-many-dead': {
    status: 409,
    title: 'The group has as many dead events as it may have',
    todo: 'Look at `GET /v1/event-groups/{name}/dead`, then retry or drop them.',
  },
  'image-gone': {
    status: 410,
    title: 'The image will not come, or is not there any more',
    todo: 'Nothing: `detail` says why. The edit can be asked for anew.',
  },
  'precondition-failed': {
    status: 412,
    title: 'It is not what the condition says',
    todo: 'Read it again, and decide anew; `ETag` has the new tag for `If-Match`.',
  },
  'invalid-request': {
    status: 422,
    title: 'The request does not fit',
    todo: 'Correct what `errors` lists by `pointer` and `row`. Nothing was enqueued.',
  },
  'idempotency-conflict': {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    todo: 'Send another key for another request. The first one stays as it is.',
  },
  'digest-mismatch': {
    status: 422,
    title: 'The bytes are not those of the digest',
    todo: 'Send the bytes again, or the SHA-256 of what you send.',
  },
  'not-a-picture': {
    status: 422,
    title: 'The bytes are not a whole picture of a known format',
    todo: 'Send a whole JPEG, PNG, WebP or BMP file.',
  },
  'key-ended': {
    status: 409,
    title: 'The key opens nothing any more',
    todo: 'Have an admin make another key.',
  },
  'key-rotated': {
    status: 409,
    title: 'The key was rotated already',
    todo: 'Use and rotate its successor. If it was not you who rotated it, have both keys revoked.',
  },
  'too-many-keys': {
    status: 409,
    title: 'The producer has as many keys as it may have',
    todo: 'Revoke keys that nobody uses, and make the key then.',
  },
  'too-many-open': {
    status: 429,
    title: 'The producer has as many open edits as it may have',
    todo: 'Wait as `Retry-After` says and send the same again. Without it the request alone is over the limit: send fewer edits.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests in a minute',
    todo: 'Wait for `Retry-After`. `RateLimit` of every answer tells how many requests are left, and for how long.',
  },
  unreadable: {
    status: 500,
    title: 'Its record cannot be read',
    todo: 'Tell whoever runs the installation; nothing else is concerned.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    todo: 'Tell whoever runs the installation the `instance`, under which it is in the log.',
  },
  'too-many-followers': {
    status: 503,
    title: 'Too many are waiting for events',
    todo: 'Close streams that are not read, or wait for `Retry-After`.',
  },
  unavailable: {
    status: 503,
    title: 'Not available now',
    todo: 'Send the same request again, with its Idempotency-Key, after `Retry-After`.',
  },
} as const
export type ProblemCode = keyof typeof problems

/** One thing to repair: `pointer` into the JSON body, or the name of a `parameter` or header. */
export const RequestFault = z.object({
  pointer: z.string().optional(),
  parameter: z.string().optional(),
  /** The row of a batch, counted from 1. */
  row: z.int().optional(),
  detail: z.string(),
})
export type RequestFault = z.infer<typeof RequestFault>

/** What a request promised in the bucket before it failed, and the key under which it can be sent again. */
export type Promised = { kind: 'edit' | 'batch'; id: string; idempotencyKey: string }

/** Where the server itself explains its problems. */
export const problemsPath = '/problems'

export const typeOf = (code: ProblemCode): string => `${problemsPath}#${code}`

/** A route throws it to refuse a request; it becomes the answer. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly errors: readonly RequestFault[]
  /** Seconds after which it is worth trying again. */
  readonly retryAfter: number | undefined
  readonly promised: Promised | undefined
  /** Of an open batch: the row that it takes next, counted from 1. */
  readonly nextRow: number | undefined

  constructor(
    code: ProblemCode,
    detail: string,
    {
      errors = [],
      retryAfter,
      promised,
      nextRow,
    }: {
      errors?: readonly RequestFault[]
      retryAfter?: number | undefined
      promised?: Promised
      nextRow?: number
    } = {},
  ) {
    super(detail)
    this.code = code
    this.errors = errors
    this.retryAfter = retryAfter
    this.promised = promised
    this.nextRow = nextRow
  }

  /** The same failure of a request that had promised something: it may still come, and the caller must know. */
  withPromise(promised: Promised): Problem {
    const { kind, id, idempotencyKey } = promised
    const detail = `${this.message} ${kind === 'edit' ? 'Edit' : 'Batch'} ${id} is noted in the bucket and may still be carried out. To have it done once, send the same request again with Idempotency-Key: ${idempotencyKey}`
    return new Problem(this.code, detail, { retryAfter: this.retryAfter, promised })
  }

  /** Refuses what was sent: tells the one fault, or how many there are. */
  static ofFaults(
    code: 'invalid-request' | 'invalid-parameter',
    faults: readonly RequestFault[],
    total: number = faults.length,
  ): Problem {
    const [first] = faults
    const listed = total > limits.faults ? `, of which the first ${limits.faults} are listed` : ''
    const detail =
      total === 1 && first !== undefined
        ? first.detail
        : `There are ${total} faults${listed}. Nothing was enqueued.`
    return new Problem(code, detail, { errors: faults.slice(0, limits.faults) })
  }

  /** As it goes over the wire (problem-view.ts); `requestId` is that of the request that it answers. */
  view(requestId?: string) {
    const { status, title } = problems[this.code]
    return {
      type: typeOf(this.code),
      code: this.code,
      title,
      status,
      detail: this.message,
      ...(requestId === undefined ? {} : { instance: requestId }),
      ...(this.errors.length === 0 ? {} : { errors: [...this.errors] }),
      ...(this.nextRow === undefined ? {} : { nextRow: this.nextRow }),
      ...(this.promised === undefined
        ? {}
        : { idempotencyKey: this.promised.idempotencyKey, [this.promised.kind]: this.promised.id }),
    }
  }
}
