import type { HandOptions } from '../hand/run-hand.ts'
import type { HandContext } from '../hand/step.ts'
import { reconcile, type ReconcileTools } from './reconcile.ts'

/** The hand that looks up submits without a known outcome. There are few, and each look costs queries. */
export function reconcileHand(
  context: HandContext,
  { laneOf, place, skewMs }: Pick<ReconcileTools, 'laneOf' | 'place' | 'skewMs'>,
  config: {
    RESTYLE_SETTLE_MS: number
    RESTYLE_ON_UNKNOWN: ReconcileTools['onUnknown']
  },
): HandOptions {
  const tools: ReconcileTools = {
    ...context,
    laneOf,
    place,
    skewMs,
    settleMs: config.RESTYLE_SETTLE_MS,
    onUnknown: config.RESTYLE_ON_UNKNOWN,
  }
  return { hand: 'reconcile', concurrency: 2, takeStep: (edit) => reconcile(edit, tools) }
}
