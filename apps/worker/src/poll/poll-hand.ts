import type { HandOptions } from '../hand/run-hand.ts'
import { openPlaces } from '../hand/places.ts'
import type { HandContext } from '../hand/step.ts'
import { openDurations } from './durations.ts'
import { poll, type PollTools } from './poll.ts'

/**
 * The hand that asks about running tasks. A step waits for one answer and little else, so many run at a time. Its jobs may
 * go on with copies, which take none of its places.
 */
export function pollHand(
  context: HandContext,
  { laneOf, schedule }: Pick<PollTools, 'laneOf' | 'schedule'>,
  config: {
    RESTYLE_POLL_CONCURRENCY: number
    RESTYLE_COPY_CONCURRENCY: number
    RESTYLE_KEY_TEMPLATE: string
  },
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
  const places = openPlaces(config.RESTYLE_POLL_CONCURRENCY)
  return {
    hand: 'poll',
    concurrency: config.RESTYLE_POLL_CONCURRENCY + config.RESTYLE_COPY_CONCURRENCY,
    takeStep: (edit) => places.run(() => poll(edit, tools)),
  }
}
