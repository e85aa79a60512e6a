import { taskLivesMs } from '@restyle/dashscope/lifetimes'
import type { Window } from './resolution.ts'

/** A little less than what the vendor lists, since its clock may be ahead. */
const listableMs = taskLivesMs - 60_000

/** The clock of the vendor's front and that of its list may differ by so much. */
const learnedSlackMs = 30_000

/** How far the vendor's clock is ahead of Redis's, at least and at most (ms). */
type Offset = { least: number; most: number; few?: true }

/**
 * What to ask the vendor's list for, in its own time: every moment in which a POST of the window may have made a task.
 * `offset` is what was learned of its clock; without it `skewMs` is how far the clocks may be apart. `whole` is false where
 * the vendor's answers tell of times so far apart that its list of a day does not reach over all of them. Epoch ms.
 */
export function listWindow(
  { from, leaseUntil }: Window,
  now: number,
  offset: Offset | undefined,
  skewMs: number,
): { from: number; to: number; whole: boolean } {
  const { least, most, few } = offset ?? { least: 0, most: 0, few: true }
  const slackMs = few === true ? skewMs : Math.min(skewMs, learnedSlackMs)
  const first = now + most - listableMs
  return {
    from: Math.max(from + least - slackMs, first),
    to: Math.min(leaseUntil, now) + most + slackMs,
    whole: from + least >= first,
  }
}
