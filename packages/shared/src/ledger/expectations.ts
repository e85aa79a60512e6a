import type { Load } from '../forecast/load.ts'
import type { LaneCard } from './lanes.ts'
import { readLoad } from './load.ts'
import type { LedgerContext } from './record.ts'

/** What is expected: when batches should be done, and what forecasts of them are made from. */
export type Expectations = {
  /** What waits for a model and the lanes that take it, as it was a moment ago. */
  load(model: string, lanes: readonly LaneCard[]): Promise<Load>
  /** Up to `limit` batches that should be done by a time, after `skip` others, those that should be done first before all. */
  withFinishBy(skip: number, limit: number): Promise<string[]>
  /**
   * Notes whether the batch is expected to end too late, and when (epoch ms). `told`: its producer is told now, once until it is
   * expected in time again. `over`: there is nothing to watch any more.
   */
  tellLate(batch: string, late: boolean, end: { from: number; to: number }): Promise<'told' | 'same' | 'over'>
}

export const openExpectations = (context: LedgerContext): Expectations => ({
  load: (model, lanes) => readLoad(context, model, lanes),
  withFinishBy: (skip, limit) =>
    context.redis.zrange(context.keys.finishBy, String(skip), String(skip + limit - 1)),
  tellLate: async (batch, late, end) =>
    (await context.run('tell-late', [context.keys.batch(batch)], {
      batch,
      late,
      ...end,
    })) as 'told' | 'same' | 'over',
})
