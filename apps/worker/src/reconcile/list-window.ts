import { taskLivesMs } from '@restyle/dashscope/lifetimes'
import type { Window } from './resolution.ts'

/** A little less than what the vendor lists, since its clock may be ahead. */
const listableMs = taskLivesMs - 60_000

/** The clock of the vendor's front and that of its list may differ by so much. */
const learnedSlackMs = 30_000

/** How far the vendor's clock is ahead of Redis's, at least and at most (ms). */
type Offset = { least: number; most: number }

/**
 * What to ask the vendor's list for, in its own time: every moment in which a POST of the window may have made a task.
 * `offset` is what was learned of its clock; without it `skewMs` is how far the clocks may be apart. Epoch ms.
 */
export function listWindow(
  { from, leaseUntil }: Window,
  now: number,
  offset: Offset | undefined,
  skewMs: number,
): { from: number; to: number } {
  const { least, most } = offset ?? { least: 0, most: 0 }
  const slackMs = offset === undefined ? skewMs : Math.min(skewMs, learnedSlackMs)
  return {
    from: Math.max(from + least - slackMs, now + most - listableMs),
    to: Math.min(leaseUntil, now) + most + slackMs,
  }
}
