import type { NewEdit } from '@restyle/shared/contract/new-edit'
import { isTerminal } from '@restyle/shared/contract/edit-state'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { type Acceptance, acceptancesOf } from '@restyle/shared/receipt/acceptance'
import type { Store } from '@restyle/shared/store/store'
import { readReceipts } from './read-receipts.ts'
import { type LaneFacts, restorePoint } from './restore-point.ts'

/*
 * Puts back what was promised and is not in the ledger. The bucket remembers what Redis may forget: every promise
 * (receipts/accepted/…), every intent and answer, every image. It never changes an edit that the ledger knows, so it may
 * run at any time, while workers work, and any number of times.
 */

export type RebuildTools = {
  ledger: Ledger
  store: Store
  log: Log
  keyTemplate: string
  factsOf: (edit: NewEdit) => (lane: string) => LaneFacts
}

export type Rebuilt = { restored: number; ended: number }

const hourMs = 3600_000

/** How many promises are looked up, and how many edits are put back, at a time. */
const atOnce = { promises: 500, edits: 16 }

/** Puts back what was promised from `since` on (epoch ms) and the ledger does not know. */
export async function rebuild(since: number, tools: RebuildTools): Promise<Rebuilt> {
  const total: Rebuilt = { restored: 0, ended: 0 }
  const note = (outcome: 'restored' | 'ended' | 'known') => {
    if (outcome !== 'known') total[outcome] += 1
  }
  for (let hour = since; hour < Date.now() + hourMs; hour += hourMs)
    for await (const acceptance of forgotten(hour, tools)) {
      if (acceptance.batch !== undefined) await tools.ledger.createBatch(acceptance.batch)
      await inGroups(acceptance.edits, atOnce.edits, async (edit) => note(await putBack(edit, tools)))
    }
  if (total.restored + total.ended > 0) tools.log.warn(total, 'forgotten edits put back from the bucket')
  return total
}

/** The promises of an hour that the ledger does not know, or of whose rows it misses some. */
async function* forgotten(hour: number, { ledger, store }: RebuildTools): AsyncGenerator<Acceptance> {
  let page: { id: string; read: () => Promise<Acceptance | undefined> }[] = []
  async function* lookUp() {
    const known = await ledger.known(page.map(({ id }) => id))
    for (const [i, { id, read }] of page.entries()) {
      if (known[i] === true && (!id.startsWith('batch') || (await allRowsKnown(ledger, id)))) continue
      const acceptance = await read()
      if (acceptance !== undefined) yield acceptance
    }
    page = []
  }
  for await (const promise of acceptancesOf(store, hour)) {
    page.push(promise)
    if (page.length === atOnce.promises) yield* lookUp()
  }
  yield* lookUp()
}

async function allRowsKnown(ledger: Ledger, batch: string): Promise<boolean> {
  const [map, known] = [await ledger.readMap(batch), await ledger.readBatch(batch)]
  return map.length === known?.total && !map.includes('\0')
}

async function putBack(edit: NewEdit, tools: RebuildTools): Promise<'restored' | 'ended' | 'known'> {
  const { ledger, factsOf } = tools
  if ((await ledger.known([edit.id]))[0] === true) return 'known'
  const remembered = await readReceipts(tools, edit)
  const point = restorePoint(remembered, factsOf(edit), Date.now())
  if ((await ledger.restore(edit, point)) === 'known') return 'known'
  return isTerminal(point.state) ? 'ended' : 'restored'
}

async function inGroups<T>(
  items: readonly T[],
  size: number,
  each: (item: T) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += size)
    await Promise.all(items.slice(from, from + size).map(each))
}
