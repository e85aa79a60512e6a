import { limits } from '@restyle/shared/contract/limits'
import { z } from 'zod'

/** Every kind of refusal, by its stable code. */
export const problems = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'invalid-parameter': { status: 400, title: 'A parameter or header does not fit' },
  unauthorized: { status: 401, title: 'No live API key' },
  forbidden: { status: 403, title: 'The key may not do this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'idempotency-conflict': { status: 409, title: 'The Idempotency-Key was used for another request' },
  'rows-conflict': { status: 409, title: 'These rows came with another content before' },
  'rows-missing': { status: 409, title: 'The batch does not have the rows that it should have' },
  'batch-closed': { status: 409, title: 'The batch takes no more rows' },
  'not-held': { status: 409, title: 'The edit does not wait for a decision' },
  'not-queued': { status: 409, title: 'Only what is queued can be paused or resumed' },
  'budget-fixed': { status: 409, title: 'The budget of the batch cannot be changed any more' },
  'not-retried': { status: 409, title: 'The batch cannot be retried now' },
  'task-taken': { status: 409, title: 'The task belongs to another edit' },
  'webhook-disabled': { status: 409, title: 'The webhook is disabled' },
  'already-answered': { status: 409, title: 'What became of the submit is known already' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of a kind that is not read here' },
  'invalid-request': { status: 422, title: 'The request does not fit' },
  'digest-mismatch': { status: 422, title: 'The bytes are not those of the digest' },
  'not-a-picture': { status: 422, title: 'The bytes are not a whole picture of a known format' },
  unreadable: { status: 500, title: 'Its record cannot be read' },
  internal: { status: 500, title: 'Something went wrong here' },
  'too-many-followers': { status: 503, title: 'Too many are waiting for events' },
  unavailable: { status: 503, title: 'Not available now' },
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

const typeOf = (code: ProblemCode) => `urn:restyle:problem:${code}` as const

/** A refusal as it goes over the wire: RFC 9457, `application/problem+json`. */
export const ProblemView = z
  .object({
    type: z.enum((Object.keys(problems) as ProblemCode[]).map(typeOf)),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(RequestFault).optional(),
    nextRow: z.int().optional().describe('Of an open batch: the row that it takes next, counted from 1'),
    idempotencyKey: z
      .string()
      .optional()
      .describe(
        'Only where the request may still be carried out although it failed: send it again under this key, and it is done once',
      ),
    edit: z.string().optional().describe('With `idempotencyKey`: the edit that may still come'),
    batch: z.string().optional().describe('With `idempotencyKey`: the batch that may still come'),
  })
  .meta({
    id: 'Problem',
    examples: [
      {
        type: 'urn:restyle:problem:invalid-request',
        title: 'The request does not fit',
        status: 422,
        detail: 'n is 5; wan2.5-i2i-preview takes 1 to 4',
        errors: [{ pointer: '/n', detail: 'n is 5; wan2.5-i2i-preview takes 1 to 4' }],
      },
    ],
  })
export type ProblemView = z.infer<typeof ProblemView>

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

  view(): ProblemView {
    const { status, title } = problems[this.code]
    return {
      type: typeOf(this.code),
      title,
      status,
      detail: this.message,
      ...(this.errors.length === 0 ? {} : { errors: [...this.errors] }),
      ...(this.nextRow === undefined ? {} : { nextRow: this.nextRow }),
      ...(this.promised === undefined
        ? {}
        : { idempotencyKey: this.promised.idempotencyKey, [this.promised.kind]: this.promised.id }),
    }
  }
}
