/** Why the producer does not give a picture. Without a status it has given no answer. */
export type Refusal = { status: number | undefined; message: string; retryAfterMs: number | undefined }

/**
 * What follows when a picture did not load. `again`: it is asked for once more after so long (ms). `wait`: the same, and the producer
 * has asked all to wait. `broken`: no more, and why.
 */
export type Trouble = { kind: 'again' | 'wait'; ms: number } | { kind: 'broken'; why: string }

/** Another try is made after so long where nobody says how long (ms). */
const againMs = 1_500
const longestMs = 60_000
/** So often the producer may ask to wait. */
const mostWaits = 5

/**
 * `refusal`: undefined where the producer would have given it. `failures`: how often it failed without a request to wait; `waits`: how
 * often with one. Both count this time.
 */
export function troubleOf(
  refusal: Refusal | undefined,
  { failures, waits }: { failures: number; waits: number },
): Trouble {
  if (refusal === undefined)
    return failures < 2
      ? { kind: 'again', ms: 0 }
      : { kind: 'broken', why: 'It is no picture that this browser reads.' }
  const { status, message, retryAfterMs = 0 } = refusal
  const broken: Trouble = { kind: 'broken', why: message }
  if (isToWait(refusal))
    return waits > mostWaits
      ? broken
      : { kind: 'wait', ms: Math.min(longestMs, Math.max(againMs, retryAfterMs)) }
  // it may have been the line
  return status === undefined && failures < 2 ? { kind: 'again', ms: againMs } : broken
}

/** Whether the producer has asked to come back later. */
export const isToWait = (refusal: Pick<Refusal, 'status'> | undefined): boolean =>
  refusal?.status === 429 || refusal?.status === 503
