import type { DashScope } from '@restyle/dashscope/client'
import { isThrottled } from '@restyle/dashscope/is-throttled'
import type { Task } from '@restyle/dashscope/read-task'
import type { SubmitOutcome } from '@restyle/dashscope/submit-outcome'
import type { Unanswered } from '@restyle/dashscope/unanswered'
import type { ClockOffset } from '@restyle/dashscope/vendor-clock'
import type { Measuring, Throttled } from './measuring.ts'

type Told = SubmitOutcome | Unanswered | { kind: 'task'; task: Task } | { kind: string }

/** The same client, and what it does is counted: what it asks, what throttles it, and how late it sees the ends of tasks. */
export function measureLane(
  client: DashScope,
  measuring: Measuring,
  now: () => number = Date.now,
): DashScope {
  const heard = <T extends Told>(answer: T, what: Throttled): T => {
    if ('action' in answer && isThrottled(answer)) measuring.throttled(what, answer.code, now())
    return answer
  }
  const asked = async <T extends Told>(query: Promise<T>): Promise<T> => {
    measuring.asked(now())
    return heard(await query, 'queries')
  }
  return {
    ...client,
    submit: async (...call) => heard(await client.submit(...call), 'submits'),
    task: async (...call) => {
      const told = await asked(client.task(...call))
      if (told.kind === 'task') {
        const { taskId, endedAt } = told.task
        const seenAt = now()
        if (endedAt !== undefined) measuring.sawEnd(taskId, lagOf(endedAt, seenAt, client.clock()), seenAt)
      }
      return told
    },
    list: (...call) => asked(client.list(...call)),
    cancel: (...call) => asked(client.cancel(...call)),
  }
}

/**
 * How long (ms) after its end a task was seen to have ended. `endedAt` is of the vendor's clock: it is taken to go as ours
 * does, unless its answers tell otherwise.
 */
export function lagOf(endedAt: number, seenAt: number, clock: ClockOffset | undefined): number {
  const ahead = clock === undefined ? 0 : Math.min(Math.max(0, clock.least), clock.most)
  return Math.max(0, seenAt + ahead - endedAt)
}
