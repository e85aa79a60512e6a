import type { HandOptions } from '../hand/run-hand.ts'
import type { HandContext } from '../hand/step.ts'
import { reconcile, type ReconcileTools } from './reconcile.ts'

/** The hand that looks up submits without a known outcome. There are few, and each look costs queries. */
export function reconcileHand(
  context: HandContext,
  { laneOf, skewMs }: Pick<ReconcileTools, 'laneOf' | 'skewMs'>,
  config: {
    RESTYLE_SETTLE_MS: number
    RESTYLE_ON_UNKNOWN: ReconcileTools['onUnknown']
    S3_CREATE_ONCE: string
  },
): HandOptions {
  const tools: ReconcileTools = {
    ...context,
    laneOf,
    skewMs,
    settleMs: config.RESTYLE_SETTLE_MS,
    onUnknown: config.RESTYLE_ON_UNKNOWN,
    receiptsFence: config.S3_CREATE_ONCE !== 'off',
  }
  return { hand: 'reconcile', concurrency: 2, takeStep: (edit) => reconcile(edit, tools) }
}
