import type { Log } from '@restyle/shared/log'
import { sleep } from '@restyle/shared/sleep'
import { withTimeout } from '@restyle/shared/with-timeout'

/*
 * How a worker leaves within the time that it is given, whatever does not answer. A step that is cut off loses nothing:
 * another worker takes it over, as it does after a kill.
 */

/** In ms. `stepsMs`: for steps under way; `redisMs`: for an answer of Redis, without which none of them can end. */
export type LeavePatience = { stepsMs: number; redisMs: number; closeMs: number }

/** Together less than the minute that operations.md asks for. */
export const leavePatience: LeavePatience = { stepsMs: 40_000, redisMs: 5_000, closeMs: 5_000 }

/** Waits for the steps under way, and not for ever: `cut` ends what waits for Redis. */
export async function leave(
  steps: Promise<unknown>,
  { ping, cut, log }: { ping: () => Promise<unknown>; cut: () => void; log: Log },
  { stepsMs, redisMs }: LeavePatience = leavePatience,
): Promise<void> {
  const over = new AbortController()
  const ended = steps.then(() => 'ended' as const)
  const outcome = await Promise.race([
    ended,
    sleep(stepsMs, over.signal).then(() => 'late' as const),
    redisLost(ping, redisMs, over.signal).then(() => 'redis is away' as const),
  ])
  over.abort()
  if (outcome === 'ended') return
  log.warn({ why: outcome }, 'worker leaves with steps under way, which another one takes over')
  cut()
}

/** Resolves when Redis gives no answer within `ms`, or when `signal` aborts. */
async function redisLost(ping: () => Promise<unknown>, ms: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await withTimeout(ms, ping())
    } catch {
      return
    }
    await sleep(ms / 2, signal)
  }
}

/** Closes something, and goes on after a while where it does not let itself be closed. */
export async function closeSoon(
  close: () => Promise<unknown>,
  { closeMs }: LeavePatience = leavePatience,
): Promise<void> {
  const closed = close().catch(() => {})
  await withTimeout(closeMs, closed).catch(() => {})
}
