import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'

/**
 * What a call takes that makes something. The same `idempotencyKey` with the same body is the same edit or batch, for
 * ever; without one a new key is made, and a failure names it. `traceparent` (W3C) comes back in every event.
 */
export type IntakeOptions = CallOptions & { idempotencyKey?: string; traceparent?: string }

/** The options of the call and its headers. */
export function intake(
  { newKey }: Pick<Connection, 'newKey'>,
  { idempotencyKey = newKey(), traceparent, ...options }: IntakeOptions,
): CallOptions & { headers: Record<string, string> } {
  const headers = { 'idempotency-key': idempotencyKey, ...(traceparent === undefined ? {} : { traceparent }) }
  return { ...options, headers }
}
