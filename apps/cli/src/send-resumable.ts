import { ApiError } from '@restyle/client/api-error'
import { errorLines, type RowName } from './show/error-lines.ts'
import { Stop } from './stop.ts'

/** What is sent, under a key that makes a repeat of it harmless; `url` and `rowName` are for messages. */
export type Sending<Answer> = {
  idempotencyKey: string
  url: string
  signal: AbortSignal
  rowName?: RowName
  send: (idempotencyKey: string) => Promise<Answer>
}

/** Sends it. Where the outcome is unknown, the user is told how to repeat it without doing it twice. */
export async function sendResumable<Answer>(sending: Sending<Answer>): Promise<Answer> {
  const { idempotencyKey, url, signal, rowName, send } = sending
  try {
    return await send(idempotencyKey)
  } catch (error) {
    const repeat = `to continue this run without enqueuing anything twice, repeat it with --idempotency-key ${idempotencyKey}`
    if (signal.aborted) throw new Stop('interrupted', [repeat])
    if (!(error instanceof ApiError)) throw error
    const lines = errorLines(error, url, rowName)
    throw error.faults.length > 0 ? new Stop('input', lines) : new Stop('failed', [...lines, repeat])
  }
}
