import type { HandOptions } from '../hand/run-hand.ts'
import type { HandContext } from '../hand/step.ts'
import { openDurations } from './durations.ts'
import { poll, type PollTools } from './poll.ts'

/** The hand that asks about running tasks. A step waits for one answer and little else, so many run at a time. */
export function pollHand(
  context: HandContext,
  { laneOf, schedule }: Pick<PollTools, 'laneOf' | 'schedule'>,
  config: { RESTYLE_POLL_CONCURRENCY: number; RESTYLE_KEY_TEMPLATE: string },
): HandOptions {
  const seen = new Map<string, number>()
  const countState = (status: string): number => {
    const times = (seen.get(status) ?? 0) + 1
    seen.set(status, times)
    return times
  }
  const keyTemplate = config.RESTYLE_KEY_TEMPLATE
  const durations = openDurations()
  const tools: PollTools = { ...context, laneOf, schedule, durations, keyTemplate, countState }
  return {
    hand: 'poll',
    concurrency: config.RESTYLE_POLL_CONCURRENCY,
    takeStep: (edit) => poll(edit, tools),
  }
}
