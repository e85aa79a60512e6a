import type { HandOptions } from '../hand/run-hand.ts'
import type { HandContext } from '../hand/step.ts'
import { poll, type PollTools } from './poll.ts'

/** The hand that asks about running tasks. A step waits for one answer and little else, so many run at a time. */
export function pollHand(
  context: HandContext,
  { laneOf, schedule }: Pick<PollTools, 'laneOf' | 'schedule'>,
  config: { RESTYLE_POLL_CONCURRENCY: number },
): HandOptions {
  const tools: PollTools = { ...context, laneOf, schedule }
  return {
    hand: 'poll',
    concurrency: config.RESTYLE_POLL_CONCURRENCY,
    takeStep: (edit) => poll(edit, tools),
  }
}
