import { ApiError } from '@restyle/client/api-error'
import { errorLines, type RowName } from './show/error-lines.ts'
import { Stop } from './stop.ts'

/** The key was used for something else: another request, or other rows. */
const conflicts: readonly string[] = ['idempotency-conflict', 'rows-conflict']

/** What is sent, under a key that makes a repeat of it harmless; `url` and `rowName` are for messages. */
export type Sending<Answer> = {
  idempotencyKey: string
  url: string
  signal: AbortSignal
  rowName?: RowName
  /** How it is repeated, for messages; default: with the key. */
  repeat?: string
  /** What else is said where it is refused. */
  more?: () => string[]
  send: (idempotencyKey: string) => Promise<Answer>
}

/** Sends it. If the outcome is unknown, the message says how to repeat it without doing it twice. */
export async function sendResumable<Answer>(sending: Sending<Answer>): Promise<Answer> {
  const { idempotencyKey, url, signal, rowName, more = () => [], send } = sending
  const how = sending.repeat ?? `repeat it with --idempotency-key ${idempotencyKey}`
  try {
    return await send(idempotencyKey)
  } catch (error) {
    const repeat = `to continue this run without enqueuing anything twice, ${how}`
    if (signal.aborted) throw new Stop('interrupted', [repeat])
    if (!(error instanceof ApiError)) throw error
    const lines = errorLines(error, url, rowName)
    if (conflicts.includes(error.code)) throw new Stop('failed', [...lines, another(idempotencyKey)])
    throw error.faults.length > 0
      ? new Stop('input', [...lines, ...more()])
      : new Stop('failed', [...lines, repeat])
  }
}

/** The same key with another catalog, prompt or option is another request. */
const another = (idempotencyKey: string): string =>
  `${idempotencyKey} stands for an earlier run with another catalog, picture, prompt or option: repeat that one unchanged, or leave out --idempotency-key for a new run`
