import type { OpenHours } from '@restyle/shared/forecast/open-hours'
import type { SlotTime } from '@restyle/shared/forecast/slot-times'
import type { Queue, Waiting } from '@restyle/shared/forecast/turn'

/*
 * Lanes, producers and an account in virtual time, written apart from the forecast: edits are admitted one by one by the rules
 * of decision 0015, tasks end when the dice say so, and the worker notices it a moment later.
 */

export type Lot = { producer: string; bulk: boolean; n: number; rows: number; isMine: boolean }

export type VirtualLane = { slots: number; submitPerSecond: number }

/** How the vendor behaves: `ms` of a task of `n` images that begins at `at`, and what becomes of it. */
export type Vendor = (n: number, at: number) => { ms: number; fate: 'done' | 'failed' | 'again' }

type Running = { lot: Lot; tries: number; lane: number; from: number; until: number; fate: string }

export type VirtualWorld = {
  now: number
  lots: Lot[]
  lanes: readonly VirtualLane[]
  weights: ReadonlyMap<string, number>
  hours: OpenHours
  vendor: Vendor
  random: () => number
  running: Running[]
  seen: SlotTime[][]
  tags: Map<string, number>
  tokens: number[]
  bulkOwed: number
  /** Edits of mine that have ended, and when the last of them was stored. */
  mineEnded: number
  mineEndedAt: number
  /** When an edit that came back goes again. */
  later: { at: number; lot: Lot; tries: number }[]
}

const kept = 100

/** Goes on to the next thing that happens. False where nothing is left to happen. */
export function stepOn(world: VirtualWorld): boolean {
  while (admitOne(world));
  const wakes = [
    ...world.running.map(({ until }) => until),
    ...world.later.map(({ at }) => at),
    ...nextAdmission(world),
  ]
  const next = Math.min(...wakes)
  if (!Number.isFinite(next)) return false
  world.now = Math.max(world.now, next)
  for (const each of world.running.filter(({ until }) => until <= world.now)) endTask(world, each)
  const due = world.later.filter(({ at }) => at <= world.now)
  world.later = world.later.filter(({ at }) => at > world.now)
  for (const { lot, tries } of due) world.lots.unshift({ ...lot, rows: 1, tries } as Lot)
  return true
}

function nextAdmission(world: VirtualWorld): number[] {
  if (!world.lots.some(({ rows }) => rows > 0)) return []
  return world.lanes.flatMap((lane, i) => {
    if (countRunning(world, i) >= lane.slots) return []
    return [world.hours.nextOpen(Math.max(world.now, world.tokens[i] ?? 0))]
  })
}

const countRunning = ({ running }: VirtualWorld, lane: number): number =>
  running.reduce((sum, each) => sum + (each.lane === lane ? 1 : 0), 0)

function admitOne(world: VirtualWorld): boolean {
  const { now, hours, lanes, tokens } = world
  if (hours.nextOpen(now) > now) return false
  const lane = lanes.findIndex((each, i) => (tokens[i] ?? 0) <= now && countRunning(world, i) < each.slots)
  const lot = lane < 0 ? undefined : nextLot(world)
  if (lot === undefined) return false
  tokens[lane] = now + 1020 / (lanes[lane]?.submitPerSecond ?? 1)
  lot.rows -= 1
  const { ms, fate } = world.vendor(lot.n, now)
  // it is asked about once a second, and the POST takes a moment too
  const lagMs = 200 + world.random() * 1_300
  const tries = (lot as Lot & { tries?: number }).tries ?? 1
  world.running.push({ lot, tries, lane, from: now, until: now + ms + lagMs, fate })
  charge(world, lot)
  return true
}

/** The producer with the lowest tag; of every ten images one is bulk while both wait. */
function nextLot(world: VirtualWorld): Lot | undefined {
  const waiting = world.lots.filter(({ rows }) => rows > 0)
  const [usual, bulk] = [waiting.filter((lot) => !lot.bulk), waiting.filter((lot) => lot.bulk)]
  const kind = bulk.length > 0 && (usual.length === 0 || world.bulkOwed >= 9) ? bulk : usual
  const tagOf = ({ producer }: Lot) => world.tags.get(producer) ?? 0
  return kind.reduce<Lot | undefined>(
    (first, lot) => (first === undefined || tagOf(lot) < tagOf(first) ? lot : first),
    undefined,
  )
}

function charge(world: VirtualWorld, { producer, bulk, n }: Lot): void {
  const weight = world.weights.get(producer) ?? 1
  world.tags.set(producer, (world.tags.get(producer) ?? 0) + n / weight)
  const bulkWaits = world.lots.some((lot) => lot.bulk && lot.rows > 0)
  world.bulkOwed = bulk ? Math.max(world.bulkOwed - n * 9, -n * 9) : bulkWaits ? world.bulkOwed + n : 0
}

function endTask(world: VirtualWorld, task: Running): void {
  const { lot, lane, from, until, fate, tries } = task
  world.running = world.running.filter((each) => each !== task)
  const back = fate === 'again' && tries < 3
  const seen = world.seen[lane] ?? []
  world.seen[lane] = [...seen.slice(1 - kept), { ms: until - from, n: lot.n, back, endedAt: until }]
  if (back) {
    world.later.push({ at: until + 1_000 + world.random() * 1_000, lot, tries: tries + 1 })
    return
  }
  if (!lot.isMine) return
  world.mineEnded += 1
  const storeMs = fate === 'done' ? 1_000 + world.random() * 4_000 : 0
  world.mineEndedAt = Math.max(world.mineEndedAt, until + storeMs)
}

/** What the ledger knows of the backlog at this moment. */
export function queueOf({ lots, weights, later }: VirtualWorld): Queue {
  const all = [...lots, ...later.map(({ lot }) => ({ ...lot, rows: 1 }))]
  const mine = all.filter((lot) => lot.isMine)
  const others = [...new Set(all.filter((lot) => !lot.isMine).map(({ producer }) => producer))]
  const of = (producer: string, bulk: boolean) =>
    waitingOf(all.filter((lot) => lot.producer === producer && lot.bulk === bulk))
  return {
    class: mine.some(({ bulk }) => bulk) ? 'bulk' : 'standard',
    mine: waitingOf(mine),
    before: { rows: 0, images: 0 },
    weight: weights.get('mine') ?? 1,
    beside: { rows: 0, images: 0 },
    others: others.map((producer) => ({
      weight: weights.get(producer) ?? 1,
      usual: of(producer, false),
      bulk: of(producer, true),
    })),
  }
}

const waitingOf = (lots: readonly Lot[]): Waiting =>
  lots.reduce((sum, { rows, n }) => ({ rows: sum.rows + rows, images: sum.images + rows * n }), {
    rows: 0,
    images: 0,
  })
