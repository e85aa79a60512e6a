import type { z } from 'zod'
import { Stop } from '../stop.ts'
import type { Api } from './api.ts'
import type { RowName } from './problem.ts'

/** What is to be sent, and the key that makes a repeat of it harmless. */
export type Sending = { body: unknown; idempotencyKey: string; rowName?: RowName }

/** POSTs under an Idempotency-Key. When its fate is unknown, says how to send the very same again without doubling it. */
export async function sendOnce<Schema extends z.ZodType>(
  api: Api,
  path: string,
  answer: Schema,
  { body, idempotencyKey, rowName }: Sending,
): Promise<z.output<Schema>> {
  try {
    return await api.call('POST', path, answer, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      ...(rowName === undefined ? {} : { rowName }),
    })
  } catch (error) {
    if (error instanceof Stop && error.code === 'input') throw error
    const again = `to go on with this run, never twice, repeat it with --idempotency-key ${idempotencyKey}`
    if (error instanceof Stop) throw new Stop(error.code, [...error.lines, again], error.exitCode)
    throw new Stop('interrupted', [again], 130)
  }
}
