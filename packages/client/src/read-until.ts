import { ApiError } from './api-error.ts'
import type { Connection } from './connection.ts'
import type { CallOptions } from './exchange.ts'
import { longestWaitMs } from './retry.ts'

/** `signal`: the deadline. `onRead`: hears of each look, the last one too. `onBreak`: why one was in vain that may pass. */
export type WaitOptions<Thing> = CallOptions & {
  onRead?: (thing: Thing) => void
  onBreak?: (error: ApiError) => void
}

const firstMs = 1_000

/**
 * Reads again and again, less and less often, until it is over. Throws the reason of an aborted signal, and an `ApiError` where
 * that will not pass or the producer asks to wait for more than a minute.
 */
export async function readUntil<Thing>(
  connection: Pick<Connection, 'wait'>,
  read: (options: CallOptions) => Promise<Thing>,
  isOver: (thing: Thing) => boolean,
  { longestMs, onRead, onBreak, ...options }: WaitOptions<Thing> & { longestMs: number },
): Promise<Thing> {
  for (let looks = 0; ; looks += 1) {
    let ms = Math.min(firstMs * 1.5 ** looks, longestMs)
    try {
      const thing = await read(options)
      onRead?.(thing)
      if (isOver(thing)) return thing
    } catch (error) {
      if (!(error instanceof ApiError) || !error.transient) throw error
      const asked = error.retryAfterMs ?? 0
      if (asked > longestWaitMs) throw error
      onBreak?.(error)
      ms = Math.max(ms, asked)
    }
    await connection.wait(ms, options)
  }
}
