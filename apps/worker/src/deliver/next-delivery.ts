import type { Webhook } from '@restyle/shared/contract/webhook'

/*
 * Decides what an answer means and when to try again. Pure: no clock, no dice, no network.
 */

const [second, minute, hour] = [1_000, 60_000, 3600_000]

/** Waits before each of the ten attempts, as Standard Webhooks 1.0.0 recommends: 75 h 35 min and 5 s in all. */
export const waitsMs: readonly number[] = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

/** After the attempt with this number (from 1) has failed: in how many ms the next is due, or that there is none. */
export function retryInMs(attempt: number, random: number): number | undefined {
  const wait = waitsMs[attempt]
  // a tenth sooner or later, or what failed together would come back together
  return wait === undefined ? undefined : wait * (0.9 + 0.2 * random)
}

/** An endpoint that has failed for so long is disabled. */
export const disableAfterMs = 3 * 24 * hour

/** What a request came to. `text`: the beginning of the answer, cleaned; `retryAfterMs`: what it asked for. */
export type Answer =
  | { kind: 'status'; status: number; text: string; retryAfterMs?: number }
  | { kind: 'none'; why: string }

/** What an answer means. `throttleMs`: it asks for quiet; 0 where it does not say for how long. */
export type Judged = { delivered: boolean; gone: boolean; throttleMs?: number }

/** These ask for less, whatever else they mean. */
const throttling = new Set([429, 502, 503, 504])

/** Every 3xx is a failure: a redirect would lead where nobody has looked. */
export function judge(answer: Answer): Judged {
  if (answer.kind === 'none') return { delivered: false, gone: false }
  const { status, retryAfterMs } = answer
  if (status >= 200 && status < 300) return { delivered: true, gone: false }
  return {
    delivered: false,
    gone: status === 410,
    ...(throttling.has(status) && { throttleMs: retryAfterMs ?? 0 }),
  }
}

const longestPauseMs = minute

/**
 * How long an endpoint gets nothing after a round of failures: it doubles from half a second to a minute. `failures`: of those one
 * after the other, with this round.
 */
export const pauseAfterMs = (failures: number, random: number): number =>
  Math.min(longestPauseMs, 500 * 2 ** Math.min(failures - 1, 10)) * (0.75 + random / 2)

/** How long nothing is sent after a round, or undefined. */
export function pauseOf(
  judged: readonly Judged[],
  { failures }: Pick<Webhook, 'failures'>,
  random: number,
): number | undefined {
  const failed = judged.filter(({ delivered }) => !delivered)
  const throttles = failed.flatMap(({ throttleMs }) => throttleMs ?? [])
  const own = pauseAfterMs(failures + failed.length, random)
  if (throttles.length > 0) return Math.max(second, ...throttles, own)
  return failed.length === 0 || failed.length < judged.length ? undefined : own
}

/** How many requests an endpoint gets at a time. One that fails is tried with one until it answers. */
export function widthOf({ failures, slow }: Pick<Webhook, 'failures' | 'slow'>, most: number): number {
  if (failures > 0) return 1
  return slow === undefined ? most : Math.min(2, most)
}

/** Where a round's requests come from; together they are as many as go at a time, where there is enough of each. */
export function sharesOf(
  width: number,
  { due, replays, turn }: { due: number; replays: number; turn: number },
): { due: number; replay: number } {
  // one at a time: each kind in its turn, so that none that always fails keeps the others away
  if (width === 1) {
    const kinds = (['event', due > 0 && 'due', replays > 0 && 'replay'] as const).filter(
      (kind) => kind !== false,
    )
    const kind = kinds[turn % kinds.length]
    return { due: kind === 'due' ? 1 : 0, replay: kind === 'replay' ? 1 : 0 }
  }
  return {
    due: Math.min(due, Math.max(1, Math.floor(width / 2))),
    replay: replays > 0 ? Math.max(1, Math.floor(width / 4)) : 0,
  }
}
