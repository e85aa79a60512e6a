import type { LedgerContext } from './record.ts'

/** Batches that should be done by a time. */
export type FinishBys = {
  /** Up to `limit` of them after `skip`, those that should be done first before all. */
  withFinishBy(skip: number, limit: number): Promise<string[]>
  /**
   * Notes whether the batch is expected to end too late, and when (epoch ms). `told`: its producer is told now, once until it is
   * expected in time again. `over`: there is nothing to watch any more.
   */
  tellLate(batch: string, late: boolean, end: { from: number; to: number }): Promise<'told' | 'same' | 'over'>
}

export const openFinishBys = ({ redis, keys, run }: LedgerContext): FinishBys => ({
  withFinishBy: (skip, limit) => redis.zrange(keys.finishBy, String(skip), String(skip + limit - 1)),
  tellLate: async (batch, late, end) =>
    (await run('tell-late', [keys.batch(batch)], {
      batch,
      late,
      ...end,
    })) as 'told' | 'same' | 'over',
})
