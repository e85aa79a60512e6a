import type { LaneCard } from '@restyle/shared/ledger/lanes'
import type { Budget } from '@restyle/shared/contract/money'
import { limits } from '@restyle/shared/contract/limits'
import { openTurns } from '@restyle/shared/turns'
import { type CheckFacts, endsSoon, type Price } from './check-edit.ts'
import type { LaneAccount } from './fault-of-upload.ts'
import { addFaults, type FaultList, mergeFaults, noFaults, type RowFault } from './outcome.ts'
import { faultsOfRows, type FitRow, type ReadRows, sharedKeys } from './rows.ts'
import type { IntakeTools } from './tools.ts'

/** `unfinished`: it takes more look-ups than one request gets. */
export type Checked =
  | { kind: 'fine'; warnings: RowFault[] }
  | { kind: 'refused'; faults: FaultList }
  | { kind: 'unfinished'; lookedUp: number }

/** Checks all rows together: their shape, the rules of their models, the lanes, and the pictures that they name. */
export async function checkRows(
  tools: IntakeTools,
  producer: string,
  read: ReadRows,
  budget?: Budget,
): Promise<Checked> {
  const { fit, misshapen } = read
  const keys = await sharedKeys(fit)
  // the bucket is not asked about a request that is refused at length anyway
  const enough = misshapen.total + keys.total >= limits.faults
  const { facts, complete, asked } = await loadFacts(tools, producer, enough ? [] : fit, budget)
  const faults = mergeFaults(misshapen, await faultsOfRows(fit, facts), keys)
  if (faults.total > 0) return { kind: 'refused', faults }
  if (!complete) return { kind: 'unfinished', lookedUp: asked }

  const turn = openTurns()
  const warnings = noFaults()
  for (const { row, request } of fit) {
    await turn()
    addFaults(warnings, row, endsSoon(request, facts.now))
  }
  return { kind: 'fine', warnings: warnings.first }
}

/**
 * What rows are checked against: the lanes, and the pictures that they name. Not `complete` where these are more than one
 * request gets looked up.
 */
export async function loadFacts(
  tools: IntakeTools,
  producer: string,
  rows: Iterable<Pick<FitRow, 'request'>>,
  budget?: Budget,
): Promise<{ facts: CheckFacts; complete: boolean; asked: number }> {
  const [lanes, settings, { complete, asked, ...looked }] = await Promise.all([
    tools.ledger.lanes.list(),
    tools.ledger.readProducer(producer),
    tools.sources.lookUp(producer, digestsOf(rows)),
  ])
  for (const { id, why } of lanes.unreadable)
    if (await tools.ledger.turn(`alarm:unreadable:lane:${id}`, 24 * 3600_000))
      tools.log.error({ lane: id, why }, 'lane cannot be read, so no edit is refused for its model')
  // what the one that cannot be read serves is not known
  const served = new Set(lanes.unreadable.length > 0 ? [] : lanes.cards.map(({ model }) => model))
  const facts: CheckFacts = {
    served,
    ...looked,
    allowHosts: tools.allowHosts,
    accounts: accountsOf(lanes.cards),
    prices: pricesOf(lanes.cards),
    caps: [
      ...(budget === undefined ? [] : [{ ...budget, whose: 'the budget of the batch' }]),
      ...(settings?.caps ?? []).map((cap) => ({ ...cap, whose: capNames[cap.per] })),
    ],
    now: tools.now(),
  }
  return { facts, complete, asked }
}

const capNames = { total: 'the cap of the producer', day: 'the cap of the producer for a day' } as const

function accountsOf(cards: readonly LaneCard[]): Map<string, LaneAccount[]> {
  const accounts = new Map<string, LaneAccount[]>()
  for (const { model, account, uploads: folder } of cards)
    accounts.set(model, [...(accounts.get(model) ?? []), { account, folder }])
  return accounts
}

/** By model; a lane that an older worker announced does not say its price. */
function pricesOf(cards: readonly LaneCard[]): Map<string, Price[]> {
  const prices = new Map<string, Price[]>()
  for (const { name: lane, model, price } of cards)
    if (price !== undefined) prices.set(model, [...(prices.get(model) ?? []), { ...price, lane }])
  return prices
}

/** Found one by one, as they are looked up. */
function* digestsOf(rows: Iterable<Pick<FitRow, 'request'>>): Generator<string> {
  for (const { request } of rows)
    for (const image of request.images) if (image.startsWith('sha256:')) yield image.slice('sha256:'.length)
}
