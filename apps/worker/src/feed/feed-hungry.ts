import { RestyleError } from '@restyle/shared/errors'
import { type Freed, hunger } from '@restyle/shared/ledger/freed'
import type { NextToFeed } from '@restyle/shared/ledger/rests'
import { backoffMs } from '@restyle/shared/queues'
import { outageOf } from '@restyle/shared/redis/outage'
import { editOfRow } from '@restyle/shared/rows/chunk'
import type { RowReader } from '@restyle/shared/rows/read-rows'
import type { Retake } from '@restyle/shared/rows/retake'
import { feedRows } from '@restyle/shared/rows/rows-to-feed'
import { sleep } from '@restyle/shared/sleep'
import type { BucketGate } from '@restyle/shared/store/bucket-gate'
import type { HandContext } from '../hand/step.ts'
import { areGone, areGoneForGood, failGoneRows, type GoneBound, usualBound } from './unreadable-rows.ts'

/*
 * Feeds the ledger: as soon as a producer has few queued edits, reads the next of its rows that rest in the bucket and
 * makes edits of them. Whose rows and from which on, the ledger says; what it makes of them is compared there once more,
 * so that any number of workers may feed.
 */

export type FeedTools = Pick<HandContext, 'ledger' | 'store' | 'log' | 'stopping' | 'failpoint'> & {
  rows: RowReader
  /** Turns rows that are retried into edits of their own. */
  retake: Retake
  freed: Pick<Freed, 'wait'>
  gate: Pick<BucketGate, 'opened'>
  /** For how long at most a batch is not fed whose rows cannot be read, and after how long a person hears of it (ms). */
  unreadMs?: number
  alarmMs?: number
  /** When rows that are gone fail. */
  goneBound?: GoneBound
}

type Feed = Extract<NextToFeed, { kind: 'feed' }>

/** The longest wait without asking: a message can be lost (ms). */
const askAgainMs = 2_000

const [unreadMs, dayMs] = [30_000, 24 * 3600_000]

/** A batch whose rows could not be read: since when, and how often. */
type Unread = { since: number; reads: number }

/** Runs until the worker stops. */
export async function feedHungry(tools: FeedTools): Promise<void> {
  const { ledger, log, stopping, freed, gate } = tools
  const unread = new Map<string, Unread>()
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

/** Reads the chunk at the cursor and feeds what it has. Where it cannot be read, other batches are fed meanwhile. */
async function feedNext(next: Feed, unread: Map<string, Unread>, tools: FeedTools): Promise<void> {
  const { ledger, log, rows, failpoint } = tools
  const { batch, producer, from } = next
  try {
    const chunk = await rows.chunkAt(batch, from)
    if (chunk === undefined)
      throw new RestyleError('MissingRows', 'the bucket has no such row', { batch, from })
    await failpoint('rows-read', batch)
    const owner = { id: batch, producer }
    const edits = chunk.rows.map((row) => editOfRow(owner, row))
    const fed = await feedRows(ledger, batch, edits, next, tools.retake)
    await failpoint('rows-fed', batch)
    unread.delete(batch)
    log.debug({ batch, from, edits: fed }, 'resting rows became edits')
  } catch (error) {
    if (outageOf(error) !== undefined) throw error
    const reads = await tellUnread(next, error, unread, tools)
    const gone = areGone(error)
    const ms = Math.min(tools.unreadMs ?? unreadMs, 500 * 2 ** reads)
    const skipped = await ledger.skipRows(next, { ms, gone })
    if (gone && areGoneForGood(skipped, tools.goneBound ?? usualBound)) await failGoneRows(next, error, tools)
  }
}

/** Once at first, and then to a person. Gives how often they could not be read. */
async function tellUnread(
  { batch, from: row }: Feed,
  error: unknown,
  unread: Map<string, Unread>,
  { ledger, log, alarmMs = 10 * 60_000 }: FeedTools,
): Promise<number> {
  const { since, reads } = unread.get(batch) ?? { since: performance.now(), reads: 0 }
  unread.set(batch, { since, reads: reads + 1 })
  if (reads === 0) log.warn({ batch, row, err: error }, 'resting rows cannot be read now')
  if (reads < 2 || performance.now() - since < alarmMs) return reads
  if (await ledger.turn(`alarm:unread:${batch}`, dayMs))
    log.error({ batch, row, err: error }, 'resting rows cannot be read: their batch does not go on')
  return reads
}
