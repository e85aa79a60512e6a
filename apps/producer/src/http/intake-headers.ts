import { z } from 'zod'
import { Problem } from './problem.ts'

/** The headers of a request that enqueues. The same key with the same body is the same edit or batch, for ever. */
export const IntakeHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, { error: 'must be 1 to 255 printable ASCII characters' })
    .optional()
    .describe('The same key with the same body is the same edit or batch, for ever.'),
  traceparent: z.string().optional().describe('W3C trace context; comes back in every event.'),
})

const traceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace that a request belongs to; a header that is not well-formed counts as none. */
export const traceOf = (header: string | undefined): { traceparent?: string } =>
  header !== undefined && traceparent.test(header) ? { traceparent: header } : {}

/** The same Idempotency-Key came with another body. */
export const reusedKey = (): Problem =>
  new Problem(
    'idempotency-conflict',
    'This Idempotency-Key came with another body before. Send the same body, or another key.',
  )
