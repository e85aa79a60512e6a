import type { Task } from './read-task.ts'

/**
 * What to do about a task that succeeded and shows no image:
 * - `newTask`: nothing was billed, so another one costs nothing twice
 * - `askAgain`: it is paid; its images may show in a later answer
 * - `hold`: they did not, so a person decides; `message` has the names of the answer's fields
 */
export type UnseenImages =
  | { kind: 'newTask' }
  | { kind: 'askAgain'; inMs: number }
  | { kind: 'hold'; message: string }

/** How long a paid task is asked for its images, and how often. */
export const unseenPatience = { forMs: 10 * 60_000, everyMs: 20_000 }

/** `sinceMs`: how long ago this task was first seen to have succeeded. */
export function judgeUnseenImages(
  { billed, shape }: Pick<Task, 'billed' | 'shape'>,
  sinceMs: number,
): UnseenImages {
  if ((billed ?? 0) === 0) return { kind: 'newTask' }
  if (sinceMs < unseenPatience.forMs) return { kind: 'askAgain', inMs: unseenPatience.everyMs }
  const message = `the vendor bills ${billed} images and shows none; its answer has these fields: ${shape ?? 'none'}`
  return { kind: 'hold', message }
}
