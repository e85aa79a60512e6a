import type { ApiError } from './api-error.ts'

/** Waits before each repeat, in ms. */
const waits = [500, 1_000, 2_000, 4_000, 8_000]

/** How long to wait before a call is repeated, in ms, or undefined to give up; `attempt` counts from 0. */
export type RetryPolicy = (error: ApiError, attempt: number) => number | undefined

/** How long a call waits for a producer that asks for it, unless it is told otherwise. */
export const longestWaitMs = 60_000

/**
 * Repeats what may pass, five times within 16 s; waits longer where the producer asks for it. Where that is longer than
 * `longestMs` it gives up, and the error says how long: to come back earlier would be in vain.
 */
export const retryWithin =
  (longestMs: number): RetryPolicy =>
  (error, attempt) => {
    const ms = waits[attempt]
    const asked = error.retryAfterMs ?? 0
    return ms === undefined || !error.transient || asked > longestMs ? undefined : Math.max(ms, asked)
  }

/** The same for a minute. */
export const retryTransient: RetryPolicy = retryWithin(longestWaitMs)

/** Repeats nothing. */
export const retryNothing: RetryPolicy = () => undefined

/**
 * What a `Retry-After` header asks for (seconds or an HTTP date), in ms. `now`: the time (epoch ms) on the clock of whoever
 * sent the date, where it is known, else on ours.
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined
  // `Date.parse` takes much for a date that is none
  const at = /^\s*[A-Za-z]/.test(header) ? Date.parse(header) : NaN
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1_000 : at - now
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0)
}
