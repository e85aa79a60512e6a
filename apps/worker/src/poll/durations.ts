import type { Task } from '@restyle/dashscope/read-task'
import type { Durations } from './next-poll.ts'

/** So many tasks of a lane are remembered, and fewer than so many say nothing yet. */
const [kept, enough] = [50, 10]

/**
 * Remembers how long the last tasks of each lane took that made an image. A failure can come at any age and says nothing
 * about the others. Kept in this process alone: docs/decisions/0014-when-to-ask.md.
 */
export function openDurations() {
  const lanes = new Map<string, number[]>()
  return {
    /** `tookMs`: from the submit to the end. */
    remember: (lane: string, tookMs: number): void => {
      lanes.set(lane, [...(lanes.get(lane) ?? []).slice(1 - kept), tookMs])
    },

    /** Undefined while too few tasks were seen. */
    of: (lane: string): Durations | undefined => {
      const sorted = (lanes.get(lane) ?? []).toSorted((a, b) => a - b)
      const [soonestMs, usualMs] = [sorted[0], sorted[Math.floor(sorted.length / 2)]]
      if (sorted.length < enough || soonestMs === undefined || usualMs === undefined) return undefined
      return { soonestMs, usualMs }
    },
  }
}
export type DurationsSeen = ReturnType<typeof openDurations>

/** How long a task took, by the vendor's clock; where the vendor does not say, as long as we know it. */
export const tookMs = ({ submittedAt, endedAt }: Task, ageMs: number): number =>
  submittedAt === undefined || endedAt === undefined || endedAt < submittedAt
    ? Math.max(0, ageMs)
    : endedAt - submittedAt
