import type { BatchFiles } from '../contract/batch-files.ts'
import { nextSlice, settleSlice, type Slice } from './fold.ts'
import type { LedgerContext } from './record.ts'

/** A batch that has ended: for the how manieth time, counted from 1. `at`: as whose turn it was given out. */
export type Filing = { batch: string; number: number; at: number }

/** Batches that have ended and whose files are not in the bucket yet. */
export type FilingLists = {
  /** The batch whose files are written next, this caller's for a minute; none that has ended within the last `afterMs`. */
  nextToFile(afterMs: number): Promise<Filing | undefined>
  /**
   * Keeps the turn until `againMs` from now, and gives it as it is then; without that it is done. undefined: it is nobody's
   * any more, or the batch has ended again.
   */
  settleFiling(filing: Filing, how: { afterMs: number; againMs?: number }): Promise<Filing | undefined>
  /** Notes what the bucket has of a batch. `stale`: it has ended again, or is gone. */
  tellFiles(filing: Pick<Filing, 'batch' | 'number'>, files: BatchFiles): Promise<'told' | 'known' | 'stale'>
}

export const openFilingLists = (context: LedgerContext): FilingLists => ({
  nextToFile: async (afterMs) => filingOf(await nextSlice(context, context.keys.unfiled, afterMs)),
  settleFiling: async ({ batch, number, at }, { afterMs, againMs }) => {
    const slice: Slice = { batch, first: number, at }
    const after = await settleSlice(context, context.keys.unfiled, slice, { keptMs: afterMs, againMs })
    return after === undefined ? undefined : { batch, number, at: after }
  },
  tellFiles: async ({ batch, number }, files) => {
    const ask = { batch, number, files: JSON.stringify(files) }
    return (await context.run('tell-files', [context.keys.batch(batch)], ask)) as 'told' | 'known' | 'stale'
  },
})

const filingOf = (slice: Slice | undefined): Filing | undefined =>
  slice === undefined ? undefined : { batch: slice.batch, number: slice.first, at: slice.at }
