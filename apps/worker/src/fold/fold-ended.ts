import { type Batch, rowsOfBatch } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import { allEnded } from '@restyle/shared/contract/edit-state'
import { editIdOfTake, newestFirst } from '@restyle/shared/ledger/batches'
import { sliceRows } from '@restyle/shared/ledger/facts'
import type { Slice } from '@restyle/shared/ledger/fold'
import { isTight } from '@restyle/shared/ledger/room'
import { chunkLimits } from '@restyle/shared/rows/chunk'
import { chunksBetween } from '@restyle/shared/rows/read-rows'
import { writeResults } from '@restyle/shared/rows/write-results'
import { patientDuty } from '../hand/patient-duty.ts'
import type { Pulse } from '../hand/pulse.ts'
import type { HandContext } from '../hand/step.ts'

/*
 * Folds what has ended: some time after the last end in a chunk of rows it writes what became of them into the bucket,
 * reads that again, and has the ledger drop their edits. It drops nothing that the bucket does not say in the same words.
 * Dying between two steps is harmless: the next worker finds the object, and drops what is left.
 */

export type FoldTools = Pick<HandContext, 'ledger' | 'store' | 'log' | 'failpoint'> & {
  /** For how long ended edits stay in Redis. */
  keptMs: number
}

/** In one turn; in ms: when to look again at rows of which some have not ended, and at those that a person has to see. */
const [mostSlices, againMs, dayMs] = [100, 3600_000, 24 * 3600_000]

/** Where Redis nears its limit, edits stay no longer than this (ms). */
const leastKeptMs = 60_000

/** Edits that are read, and that are dropped, at a time. */
const [readAtOnce, droppedAtOnce] = [100, 500]

/** What the duty does at each of its turns. */
export const foldDuty = (tools: FoldTools, now?: () => number): ((pulse: Pulse) => Promise<void>) =>
  patientDuty(
    (pulse) => foldEnded(tools, pulse),
    { log: tools.log, says: 'ended edits cannot be folded now, and stay in redis' },
    now,
  )

/** Folds what is due, a bounded number of slices. Gives how many edits it dropped. */
export async function foldEnded(tools: FoldTools, { signal, beat }: Pulse): Promise<number> {
  const { ledger, log } = tools
  const keptMs = isTight(await ledger.memory()) ? Math.min(leastKeptMs, tools.keptMs) : tools.keptMs
  let folded = 0
  for (let turn = 0; turn < mostSlices && !signal.aborted; turn += 1) {
    const slice = await ledger.nextToFold(keptMs)
    if (slice === undefined) break
    const outcome = await foldSlice(slice, { ...tools, keptMs }, beat)
    await ledger.settleFold(slice, { keptMs, ...(outcome.isWhole ? {} : { againMs }) })
    folded += outcome.folded
  }
  if (folded > 0) log.info({ edits: folded }, 'ended edits folded into the bucket')
  return folded
}

type Outcome = { folded: number; isWhole: boolean }

/** Folds the chunks that have rows of a slice. `isWhole`: nothing of it is left to fold. */
async function foldSlice({ batch: id, first }: Slice, tools: FoldTools, beat: () => void): Promise<Outcome> {
  const batch = await tools.ledger.readBatch(id)
  // forgotten, or its rows are in no chunk: they came with an older version, and expire
  if (batch?.accepted === undefined) return { folded: 0, isWhole: true }
  const outcome: Outcome = { folded: 0, isWhole: true }
  const to = Math.min(first + sliceRows, rowsOfBatch(batch))
  for (const chunk of await chunksBetween(tools.store, id, first, to)) {
    beat()
    const end = Math.min(chunk.end ?? Infinity, chunk.first + chunkLimits.rows, rowsOfBatch(batch))
    const folded = await foldChunk(batch, chunk.first, end, tools)
    if (folded === undefined) outcome.isWhole = false
    else outcome.folded += folded
  }
  return outcome
}

/** Gives how many edits it dropped; undefined where rows have not ended, or only just, or are not what the bucket says of them. */
async function foldChunk(
  batch: Batch,
  first: number,
  end: number,
  tools: FoldTools,
): Promise<number | undefined> {
  const { ledger, store, failpoint, keptMs } = tools
  const map = await ledger.readMap(batch.id, first, end)
  if (map.length < end - first || !allEnded(map)) return undefined
  const edits = await readEnded(batch, first, end, tools)
  if (edits === undefined) return undefined
  if (edits.length === 0) return 0
  // of another slice, whose turn comes
  const newest = Math.max(...edits.map(({ updatedAt }) => updatedAt))
  if (newest > (await ledger.now()) - keptMs) return undefined
  for (const [take, own] of Map.groupBy(edits, (edit) => edit.take ?? 1)) {
    const written = await writeResults(store, batch.id, first, map, own, take)
    if (written.kind === 'written') continue
    await tellDifference(batch.id, first, written.why, tools)
    return undefined
  }
  await failpoint('results-written', batch.id)
  for (let i = 0; i < edits.length; i += droppedAtOnce) {
    if ((await ledger.fold(edits.slice(i, i + droppedAtOnce))) === 'changed') return undefined
    await failpoint('results-folded', batch.id)
  }
  return edits.length
}

/**
 * The edits of a chunk that are in the ledger, all takes of its rows: the older ones first, so that whoever reads while they are
 * dropped sees the newest of each row. undefined where one cannot be read by this version.
 */
async function readEnded(
  { id: batch, retries }: Batch,
  first: number,
  end: number,
  { ledger }: FoldTools,
): Promise<Edit[] | undefined> {
  const edits: Edit[] = []
  for (const take of newestFirst(retries + 1).toReversed())
    for (let from = first; from < end; from += readAtOnce) {
      const count = Math.min(readAtOnce, end - from)
      const ids = Array.from({ length: count }, (_, i) => editIdOfTake(batch, from + i, take))
      for (const record of await ledger.readEach(ids)) {
        if (record.kind === 'unreadable') return undefined
        if (record.kind === 'edit') edits.push(record.edit)
      }
    }
  return edits
}

/** Once a day for each chunk. */
async function tellDifference(
  batch: string,
  first: number,
  why: string,
  { ledger, log }: FoldTools,
): Promise<void> {
  if (await ledger.turn(`alarm:results:${batch}:${first}`, dayMs))
    log.error(
      { batch, first, why },
      'results in the bucket differ from the ledger: these edits stay in redis',
    )
}
