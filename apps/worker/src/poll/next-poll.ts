/** When to ask about a task. All in milliseconds. */
export type PollSchedule = {
  /** From the submit to the first query. */
  firstMs: number
  /** Between two queries: a share of the task's age, within bounds. */
  growth: number
  minMs: number
  maxMs: number
}

/** A task takes one to two minutes (docs/dashscope.md §6). */
export const defaultSchedule: PollSchedule = { firstMs: 8_000, growth: 0.08, minMs: 1_000, maxMs: 10_000 }

/**
 * How long until the first query. Whoever submitted may have a clock that is ahead of ours: an age below nothing is
 * waited out for no longer than the first query is, and then the task is asked about.
 */
export const earlyMs = (ageMs: number, { firstMs }: PollSchedule): number =>
  ageMs < -firstMs ? 0 : firstMs - ageMs

/** How long to wait before asking about a task of this age. `jitter` in 0..1 spreads tasks that began together. */
export function nextPollMs(ageMs: number, schedule: PollSchedule, jitter: number): number {
  if (ageMs < schedule.firstMs) return schedule.firstMs - Math.max(0, ageMs)
  const share = Math.min(schedule.maxMs, Math.max(schedule.minMs, ageMs * schedule.growth))
  return share * (0.9 + jitter * 0.2)
}

/** How long to wait after a query without an answer. It says nothing about the task, so ask again, but not more often. */
export const afterSilenceMs = (
  schedule: PollSchedule,
  retryAfterMs: number | undefined,
  jitter: number,
): number => retryAfterMs ?? schedule.minMs * (2 + jitter * 3)
