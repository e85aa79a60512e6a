import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Promised, Problem } from './problem.ts'

/**
 * A key as the IETF's draft has it, a string of structured fields (RFC 9651: `"abc"`), or as everybody sends it: `abc`. Both
 * are the same key.
 */
const IdempotencyKey = z
  .string()
  .regex(/^(?:"(?:[ !#-[\]-~]|\\["\\]){1,255}"|[!#-~][ -~]{0,254})$/, {
    error: 'must be 1 to 255 printable ASCII characters, in double quotes or without any at the beginning',
  })
  .transform((key) => (key.startsWith('"') ? key.slice(1, -1).replaceAll(/\\(.)/g, '$1') : key))

/** The headers of a request that enqueues. The same key with the same body is the same edit or batch, for ever. */
export const IntakeHeaders = z.looseObject({
  'idempotency-key': IdempotencyKey.optional()
    .describe(
      'The same key with the same body is the same edit or batch, for ever: keys do not expire. `"abc"` and `abc` are one key. Another body under the key is refused (422 `idempotency-conflict`), and so is the same request while the first one is being carried out (409 `still-running`). Refusals and failures are not remembered: the same request is then tried anew. Without a key one is made, and a failure that leaves something behind gives it back; only a caller who sends a key can repeat a request whose answer was lost.',
    )
    .meta({ examples: ['"8e03978e-40d5-43e8-bc93-6894a57f9324"'] }),
  traceparent: z.string().optional().describe('W3C trace context; comes back in every event.'),
})

/** What the document says of the answers of a request that enqueues. */
export const withPlace = {
  200: { description: 'It came before', headers: ['Location', 'Idempotent-Replayed'] },
  202: { headers: ['Location'] },
} as const

/** The key of a request that enqueues; one is made where none came, so that the request can be repeated. */
export const keyOf = (headers: z.infer<typeof IntakeHeaders>): string =>
  headers['idempotency-key'] ?? randomUUID()

/**
 * Notes that from here on the request may be carried out even if it fails. Throws where it was answered before, by its
 * deadline, or its caller has left: nobody would hear of the promise. (`request.signal` aborts once the body is read.)
 */
export function notePromise(request: FastifyRequest, reply: FastifyReply, promised: Promised): void {
  if (reply.sent || reply.raw.destroyed) throw new DOMException('nobody waits for the answer', 'AbortError')
  request.promised = promised
}

const traceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace that a request belongs to; a header that is not well-formed counts as none. */
export const traceOf = (header: string | undefined): { traceparent?: string } =>
  header !== undefined && traceparent.test(header) ? { traceparent: header } : {}

/** The same Idempotency-Key came with another body, and made this. */
export const reusedKey = (made: string): Problem =>
  new Problem(
    'idempotency-conflict',
    `This Idempotency-Key came with another body before, which made ${made}; that one stays. For another ${made.split('_', 1)[0]} send another key.`,
  )

/** The request takes more look-ups in the bucket than one gets; those that were made are remembered. */
export const unfinished = (lookedUp: number): Problem =>
  new Problem(
    'unavailable',
    `${lookedUp} of the pictures were looked up, and there are more. Send the same request again to go on from there.`,
    { retryAfter: 1 },
  )
