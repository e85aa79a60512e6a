import type { Batch } from '@restyle/shared/contract/batch'
import type { NewBatch, NewEdit } from '@restyle/shared/contract/new-edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import { RestyleError } from '@restyle/shared/errors'
import { outageOf } from '@restyle/shared/redis/outage'
import {
  type Acceptance,
  acceptancesOf,
  type Poisoned,
  type ReadAcceptance,
} from '@restyle/shared/receipt/acceptance'
import { idsOfPromise } from '@restyle/shared/object-key'
import { StoreError } from '@restyle/shared/store/store-error'
import { type Pulse, untimed } from '../hand/pulse.ts'
import { compareCanceled } from './compare-canceled.ts'
import { orderAgain } from './order-again.ts'
import { type Fate, type PutBack, rebuildBatch } from './rebuild-batch.ts'
import { readReceipts } from './read-receipts.ts'
import type { RebuildTools } from './rebuild-tools.ts'
import { restorePoint } from './restore-point.ts'
import { verdictAgain } from './verdicts-again.ts'

/*
 * Puts back what was promised and is not in the ledger. The bucket remembers what Redis may forget: every promise
 * (receipts/accepted/…), every intent and answer, every image. It never changes an edit that the ledger knows, so it may
 * run at any time, while workers work, and any number of times.
 */

/**
 * `restored` and `ended`: edits; `reopened`: edits that were canceled although they had been submitted; `resting`: rows that
 * were taken again; `folded`: rows that had ended and are in the bucket alone. `poisoned`: promises and edits that will never
 * come back as they are written. `missed`: those that could not be looked at now, because the bucket or Redis did not do what
 * it was asked.
 */
export type Rebuilt = {
  restored: number
  ended: number
  reopened: number
  resting: number
  folded: number
  poisoned: number
  missed: number
}

const hourMs = 3600_000

/** How many promises are looked up, and how many edits are put back, at a time. */
const batchSize = { promises: 500, edits: 16 }

/** After so many the bucket or Redis is away, and it is no use to go on. */
const mostMissed = 20

/**
 * Puts back what was promised from `since` on (epoch ms) and the ledger does not know. What was canceled before `comparedAt` is
 * not compared with its receipts again. Ends early when its signal aborts.
 */
export async function rebuild(
  since: number,
  tools: RebuildTools,
  pulse: Pulse = untimed(),
  comparedAt = 0,
): Promise<Rebuilt> {
  const { signal, beat } = pulse
  const total: Rebuilt = { restored: 0, ended: 0, reopened: 0, resting: 0, folded: 0, poisoned: 0, missed: 0 }
  const apart = (id: string, work: () => Promise<void>): Promise<Fate> => lookedAt(id, work, total, tools)
  const putBackEach: PutBack = (edits) =>
    inGroups(edits, batchSize.edits, async (edit) => {
      if (signal.aborted) return 'missed'
      beat()
      return apart(edit.id, async () => {
        const outcome = await putBack(edit, tools)
        if (outcome !== 'known') total[outcome] += 1
      })
    })
  const looked = new Set<string>()
  const putBackRows = async (batch: NewBatch): Promise<void> => {
    if (looked.has(batch.id)) return
    looked.add(batch.id)
    await apart(batch.id, async () => {
      const { taken, folded } = await rebuildBatch(batch, tools, putBackEach, beat)
      total.resting += taken
      total.folded += folded
    })
  }
  const putBackPromise = async ({ v, batch, edits }: Acceptance): Promise<void> => {
    if (v === 2 && batch !== undefined) return putBackRows(batch)
    // an older version kept the edits of a batch with it
    if (batch !== undefined) await apart(batch.id, async () => void (await tools.ledger.openBatch(batch)))
    await putBackEach(edits)
  }
  // one that may get more rows gets them long after it was promised, and all of them before an order concerns it
  for (const id of await tools.ledger.unclosed()) {
    if (signal.aborted) return total
    beat()
    await apart(id, async () => {
      const batch = await tools.ledger.readBatch(id)
      if (batch !== undefined && batch.total === undefined) await putBackRows(openingOf(batch))
    })
  }
  for (let hour = since; hour < Date.now() + hourMs; hour += hourMs) {
    beat()
    for await (const { id, read } of forgotten(hour, tools, pulse)) {
      if (signal.aborted) return total
      beat()
      await apart(id, async () => {
        const promise = await read()
        for (const { id: poisoned, reason } of poisonedOf(id, promise))
          tellPoison(poisoned, reason, total, tools)
        if (promise.kind === 'readable') await putBackPromise(promise.acceptance)
      })
    }
    await apart('orders', () => followOrders(hour, comparedAt, total, tools, pulse))
  }
  tellPutBack(total, tools)
  return total
}

function tellPutBack(total: Rebuilt, { log }: RebuildTools): void {
  const { restored, ended, reopened, resting, folded } = total
  if (restored + ended + reopened + resting + folded > 0)
    log.warn(total, 'forgotten edits put back from the bucket')
}

/** Carries out what was ordered in an hour and forgotten, and opens again what that must not have ended. */
async function followOrders(
  hour: number,
  comparedAt: number,
  total: Rebuilt,
  tools: RebuildTools,
  pulse: Pulse,
): Promise<void> {
  await orderAgain(hour, tools, pulse)
  total.reopened += await compareCanceled(hour, comparedAt, tools, pulse)
}

/** Counts an acceptance that can never be restored; it is logged once for a person. */
function tellPoison(id: string, reason: string, total: Rebuilt, { log, told }: RebuildTools): void {
  total.poisoned += 1
  if (!told.has(id)) log.error({ id, reason }, 'promise cannot be put back, all others are')
  told.add(id)
}

/** One promise that cannot be kept keeps nobody from theirs. */
async function lookedAt(
  id: string,
  work: () => Promise<void>,
  total: Rebuilt,
  tools: RebuildTools,
): Promise<Fate> {
  try {
    await work()
    return 'done'
  } catch (error) {
    // that it is no use to go on was told already
    if (total.missed >= mostMissed) throw error
    if (isPoison(error)) {
      tellPoison(id, error instanceof Error ? error.message : '', total, tools)
      return 'poisoned'
    }
    total.missed += 1
    tools.log.warn({ id, err: error }, 'promise could not be looked at now')
    if (total.missed >= mostMissed) throw error
    return 'missed'
  }
}

const whatBreaks = ['ZodError', 'SyntaxError', 'TypeError', 'RangeError', 'URIError']

/** Whether the record itself is at fault, and not the connection to the bucket or Redis. */
function isPoison(error: unknown): boolean {
  if (error instanceof StoreError) return error.kind === 'refused' || whatBreaks.includes(error.code)
  if (error instanceof RestyleError) return error.code === 'DamagedRows' || error.code === 'MissingRows'
  if (!(error instanceof Error) || outageOf(error) !== undefined) return false
  return [error.name, error.constructor.name].some(
    (name) => name === 'ReplyError' || whatBreaks.includes(name),
  )
}

/** What of a promise is written so that it can never be put back. */
function poisonedOf(id: string, read: ReadAcceptance): Poisoned[] {
  if (read.kind === 'readable') return read.poisoned
  return read.kind === 'poisoned' ? [{ id, reason: read.reason }] : []
}

type Forgotten = { id: string; read: () => Promise<ReadAcceptance> }

/** The promises of an hour that the ledger does not know, or of whose rows it misses some. */
async function* forgotten(
  hour: number,
  tools: RebuildTools,
  { signal, beat }: Pulse,
): AsyncGenerator<Forgotten> {
  const { ledger, store } = tools
  let page: Forgotten[] = []
  async function* lookUp() {
    const names = page.map(({ id }) => idsOfPromise(id))
    const known = await ledger.known(names.flat())
    for (const [i, promise] of page.entries()) {
      const { id } = promise
      const isKnown = known.splice(0, names[i]?.length).every(Boolean)
      if (isKnown && (!id.startsWith('batch') || (await allRowsKnown(id, tools)))) continue
      yield promise
    }
    page = []
  }
  for await (const promise of acceptancesOf(store, hour)) {
    page.push(promise)
    if (page.length < batchSize.promises) continue
    // an hour may hold millions that are all known
    if (signal.aborted) return
    beat()
    yield* lookUp()
  }
  yield* lookUp()
}

const openingOf = ({ id, producer, name, bodyHash, createdAt }: Batch): NewBatch => ({
  id,
  producer,
  name,
  bodyHash,
  createdAt,
})

/** A batch that this version cannot read is left to the one that wrote it, and keeps no other from being looked at. */
async function allRowsKnown(batch: string, { ledger, log, told }: RebuildTools): Promise<boolean> {
  try {
    const known = await ledger.readBatch(batch)
    if (known === undefined) return false
    // looked at with all that may get more rows
    if (known.total === undefined) return true
    if (known.accepted !== undefined) return known.accepted === known.total
    const map = await ledger.readMap(batch)
    return map.length === known.total && !map.includes('\0')
  } catch (error) {
    if (!(error instanceof RestyleError) || error.code !== 'Unreadable') throw error
    if (!told.has(batch))
      log.error({ id: batch, reason: error.message }, 'batch cannot be read, and is left alone')
    told.add(batch)
    return true
  }
}

async function putBack(edit: NewEdit, tools: RebuildTools): Promise<'restored' | 'ended' | 'known'> {
  const { ledger, factsOf } = tools
  if ((await ledger.known([edit.id]))[0] === true) return 'known'
  const remembered = await readReceipts(tools, edit)
  const point = restorePoint(remembered, factsOf(edit), Date.now())
  if ((await ledger.restore(edit, point)) === 'known') return 'known'
  if (edit.batch === '' && point.state === 'rendered') await verdictAgain(edit.id, tools)
  return isTerminal(point.state) ? 'ended' : 'restored'
}

async function inGroups<T, R>(
  items: readonly T[],
  size: number,
  each: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < items.length; from += size)
    results.push(...(await Promise.all(items.slice(from, from + size).map(each))))
  return results
}
