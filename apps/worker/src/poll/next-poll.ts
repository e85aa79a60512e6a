/** When to ask about a task. All in milliseconds. */
export type PollSchedule = {
  /** From the submit to the first query: a task that fails early frees its slot early. */
  firstMs: number
  /** Before tasks begin to end: a share of the task's age. Of a task that is much slower than usual: of its delay. */
  growth: number
  /** Between two queries, from the age on at which tasks begin to end. */
  minMs: number
  /** Between two queries at most, unless the account's budget is short. */
  maxMs: number
  /** How long a task usually takes, until some were seen. */
  usualMs: number
}

/** A task takes one to two minutes (docs/dashscope.md §6). */
export const defaultSchedule: PollSchedule = {
  firstMs: 8_000,
  growth: 0.2,
  minMs: 1_000,
  maxMs: 10_000,
  usualMs: 120_000,
}

/**
 * How long until the first query. Whoever submitted may have a clock that is ahead of ours: an age below nothing is
 * waited out for no longer than the first query is, and then the task is asked about.
 */
export const earlyMs = (ageMs: number, { firstMs }: PollSchedule): number =>
  ageMs < -firstMs ? 0 : firstMs - ageMs

/** How long a lane's tasks took lately: the soonest, and the one in the middle. In ms. */
export type Durations = { soonestMs: number; usualMs: number }

/** What the next query depends on. `fairMs`: how often the account's budget allows each running task to be asked about. */
export type PollFacts = { ageMs: number; seen: Durations | undefined; fairMs: number }

/** Tasks begin to end somewhat before the soonest of those that were seen. */
const soonestShare = 0.8

/** A task that is so many times as old as usual is asked about less and less often. */
const slowFactor = 3

/**
 * How long to wait before asking about a task again: while tasks end, as briefly as the schedule and the account's budget
 * allow. `jitter` in 0..1 spreads tasks that began together.
 */
export function nextPollMs(
  { ageMs, seen, fairMs }: PollFacts,
  schedule: PollSchedule,
  jitter: number,
): number {
  const { firstMs, growth, minMs, maxMs } = schedule
  if (ageMs < firstMs) return firstMs - Math.max(0, ageMs)
  const earlyByMs = (seen?.soonestMs ?? 0) * soonestShare - ageMs
  const lateByMs = ageMs - (seen?.usualMs ?? schedule.usualMs) * slowFactor
  const wishedMs = earlyByMs > 0 ? Math.min(earlyByMs, ageMs * growth) : lateByMs * growth
  return Math.max(fairMs, Math.min(maxMs, Math.max(minMs, wishedMs))) * (0.9 + jitter * 0.2)
}

/** How long to wait after a query without an answer. It says nothing about the task, so ask again, but not more often. */
export const afterSilenceMs = (
  schedule: PollSchedule,
  retryAfterMs: number | undefined,
  jitter: number,
): number => retryAfterMs ?? schedule.minMs * (2 + jitter * 3)
