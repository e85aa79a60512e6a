import { RestyleError } from '@restyle/shared/errors'
import { type Freed, hunger } from '@restyle/shared/ledger/freed'
import type { NextToFeed } from '@restyle/shared/ledger/rests'
import { backoffMs } from '@restyle/shared/queues'
import { outageOf } from '@restyle/shared/redis/outage'
import { editOfRow } from '@restyle/shared/rows/chunk'
import type { RowReader } from '@restyle/shared/rows/read-rows'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import { sleep } from '@restyle/shared/sleep'
import type { BucketGate } from '@restyle/shared/store/bucket-gate'
import type { HandContext } from '../hand/step.ts'

/*
 * Feeds the ledger: as soon as a producer has few queued edits, reads the next of its rows that rest in the bucket and
 * makes edits of them. Whose rows and from which on, the ledger says; what it makes of them is compared there once more,
 * so that any number of workers may feed.
 */

export type FeedTools = Pick<HandContext, 'ledger' | 'log' | 'stopping' | 'failpoint'> & {
  rows: RowReader
  freed: Pick<Freed, 'wait'>
  gate: Pick<BucketGate, 'opened'>
}

type Feed = Extract<NextToFeed, { kind: 'feed' }>

/** The longest wait without asking: a message can be lost (ms). */
const askAgainMs = 2_000

/** Runs until the worker stops. */
export async function feedHungry(tools: FeedTools): Promise<void> {
  const { ledger, log, stopping, freed, gate } = tools
  const unread = new Set<string>()
  for (let failures = 0; !stopping.aborted;) {
    try {
      if (!(await gate.opened(stopping))) break
      const next = await ledger.nextToFeed()
      failures = 0
      if (next.kind === 'none')
        await freed.wait([hunger], Math.min(askAgainMs, next.ms ?? askAgainMs), stopping)
      else await feedNext(next, unread, tools)
    } catch (error) {
      failures += 1
      if (outageOf(error) === undefined) log.warn({ err: error }, 'feeding failed and is tried again')
      await sleep(backoffMs(failures), stopping)
    }
  }
}

/** Reads the chunk at the cursor and feeds what it has. Rows that cannot be read now are left alone for five seconds. */
async function feedNext(next: Feed, unread: Set<string>, tools: FeedTools): Promise<void> {
  const { ledger, log, rows, failpoint } = tools
  const { batch, producer, from } = next
  try {
    const chunk = await rows.chunkAt(batch, from)
    if (chunk === undefined)
      throw new RestyleError('MissingRows', 'the bucket has no such row', { batch, from })
    await failpoint('rows-read', batch)
    const owner = { id: batch, producer }
    const edits = chunk.rows.map((row) => editOfRow(owner, row))
    const fed = await feedRows(ledger, batch, edits, next)
    await failpoint('rows-fed', batch)
    unread.delete(batch)
    log.debug({ batch, from, edits: fed }, 'resting rows became edits')
  } catch (error) {
    if (outageOf(error) !== undefined) throw error
    if (!unread.has(batch)) log.warn({ batch, row: from, err: error }, 'resting rows cannot be read now')
    unread.add(batch)
  }
}
