import type { ApiError } from './api-error.ts'

/** Waits before each repeat, in ms. */
const waits = [500, 1_000, 2_000, 4_000, 8_000]

/** How long to wait before a call is repeated, in ms, or undefined to give up; `attempt` counts from 0. */
export type RetryPolicy = (error: ApiError, attempt: number) => number | undefined

/** Repeats what may pass, five times within 16 s; waits longer where the producer asks for it. */
export const retryTransient: RetryPolicy = (error, attempt) => {
  const ms = waits[attempt]
  return ms === undefined || !error.transient ? undefined : Math.max(ms, error.retryAfterMs ?? 0)
}

/** Repeats nothing. */
export const retryNothing: RetryPolicy = () => undefined

const longestMs = 60_000

/** What a `Retry-After` header asks for (seconds or an HTTP date), in ms and at most a minute; `now` is epoch ms. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestMs)
}
