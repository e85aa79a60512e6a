import { bounds } from '@restyle/shared/contract/bounds'
import { ownFailure } from '@restyle/shared/contract/failure-codes'
import { RestyleError } from '@restyle/shared/errors'
import type { NextToFeed, Skipped } from '@restyle/shared/ledger/rests'
import { lotsPrefix } from '@restyle/shared/object-key'
import { chunksBetween } from '@restyle/shared/rows/read-rows'
import type { HandContext } from '../hand/step.ts'

/*
 * A chunk of rows that is missing or damaged for good would keep its batch open for ever: after many tries its rows fail.
 * A bucket that is away, refuses or was emptied says nothing of them.
 */

type Tools = Pick<HandContext, 'ledger' | 'store' | 'log'>

/** How often, and for how long (ms), rows must have been gone before they fail. */
export type GoneBound = { tries: number; ms: number }

const { rowTries: tries, rowsMs: ms } = bounds.queued.most
export const usualBound: GoneBound = { tries, ms }

/** Whether the bucket answered that it does not have these rows, or has them damaged. */
export const areGone = (error: unknown): boolean =>
  error instanceof RestyleError && (error.code === 'MissingRows' || error.code === 'DamagedRows')

export const areGoneForGood = ({ tries: times, goneMs }: Skipped, bound: GoneBound): boolean =>
  times >= bound.tries && goneMs >= bound.ms

/** Ends the rows of the chunk, where the bucket still has what was written before it. Throws what the store throws. */
export async function failGoneRows(
  { batch, model, class: lotClass, from }: Extract<NextToFeed, { kind: 'feed' }>,
  error: unknown,
  { ledger, store, log }: Tools,
): Promise<void> {
  const known = await ledger.readBatch(batch)
  if (known?.accepted === undefined || !(await hasAny(store, lotsPrefix(batch)))) return
  const { accepted } = known
  const chunks = await chunksBetween(store, batch, from, accepted)
  const to = Math.min(accepted, ...chunks.flatMap(({ first }) => (first > from ? [first] : [])))
  const reason = error instanceof Error ? error.message : ''
  const failure = ownFailure('RowsUnreadable', `the bucket has lost the rows ${from + 1} to ${to}: ${reason}`)
  const rows = await ledger.failRows({ batch, model, class: lotClass, from, to, failure })
  log.error({ batch, row: from, rows, reason }, 'rows cannot be read for good, and have failed')
}

async function hasAny(store: Tools['store'], prefix: string): Promise<boolean> {
  for await (const _ of store.list(prefix)) return true
  return false
}
