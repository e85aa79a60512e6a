import { steadyRandom } from './dice.ts'
import { alwaysOpen, type OpenHours } from './open-hours.ts'
import { type LaneSeen, lanesFor, play } from './simulate.ts'
import { enoughSeen } from './slot-times.ts'
import { emptiedBy, type MoneyPause, type Purse, spend } from './spend.ts'
import { type Queue, type Turn, turnOf } from './turn.ts'

/** Epoch ms. */
export type Span = { from: number; to: number }

/** Why nobody can say when something ends. */
export type UnknownReason =
  | 'no-lane'
  | 'lane-paused'
  | 'producer-paused'
  | 'batch-paused'
  | 'nothing-ends'
  | 'too-far'

/**
 * When rows begin and end. `range`: each of the two lies in its span in nine of ten cases, as long as nobody else enqueues; `tasks`:
 * how many were seen of those it is reckoned from, fewer than ten make it wide; `imagesPerHour`: of the lanes, for all; `pause`:
 * where the money of a day is spent first. `stops`: all money is spent after so many rows `of` all, at about `at` (epoch ms) where
 * that is known. `unknown`: until what it names is over.
 */
export type Forecast =
  | {
      kind: 'range'
      begin: Span
      end: Span
      tasks: number
      imagesPerHour: number
      pause?: MoneyPause & { of: number }
    }
  | { kind: 'stops'; rows: number; of: number; purse: Purse['of']; at?: number }
  | { kind: 'unknown'; reason: UnknownReason }

/** What a forecast is made from. */
export type ForecastFacts = {
  /** Epoch ms. */
  now: number
  queue: Queue
  /** The lanes that take the model and are not paused. */
  lanes: readonly LaneSeen[]
  /** Lanes that take it and are paused. */
  pausedLanes: number
  /** How many of mine run already. */
  running?: number
  /** What of mine is held back, if anything. */
  paused?: 'producer' | 'batch'
  /** When the last of mine begins and ends is asked, and not when all of them do. */
  last?: boolean
  hours?: OpenHours
}

const runs = 300
/** The soonest and the latest of the runs are left out: so large a part of them on either side. */
const tail = 0.04
/** Farther away nothing is known. */
const mostMs = 366 * 24 * 3600_000

/** When rows that wait, or would wait, begin and end. The same facts give the same answer. */
export function forecast(facts: ForecastFacts): Forecast {
  const { now, queue, lanes, hours = alwaysOpen, running = 0 } = facts
  const reason = whyUnknown(facts)
  if (reason !== undefined) return { kind: 'unknown', reason }
  if (queue.mine.rows + running === 0) return over(now)
  const turn = turnOfMine(facts)
  const random = steadyRandom(1)
  const seen = lanesFor(lanes, turn.n)
  const outcomes = Array.from({ length: runs }, () => play(turn, seen, { now, hours, own: running, random }))
  const end = spanOf(outcomes.map(({ endsAt }) => endsAt))
  if (end.to - now > mostMs) return { kind: 'unknown', reason: 'too-far' }
  const perMs = outcomes.reduce((sum, each) => sum + each.perMs, 0) / runs
  return {
    kind: 'range',
    begin: running > 0 ? { from: now, to: now } : spanOf(outcomes.map(({ beginsAt }) => beginsAt)),
    end,
    tasks: lanes.reduce((sum, lane) => sum + lane.seen.length, 0),
    imagesPerHour: Math.round(perMs * 3600_000 * Math.max(1, turn.n)),
  }
}

function turnOfMine({ queue, last = false }: ForecastFacts): Turn {
  if (queue.mine.rows === 0) return { before: 0, total: 0, share: 1, n: 1 }
  const turn = turnOf(queue)
  // all others go before it
  return last ? { ...turn, before: turn.total - 1, share: 0 } : turn
}

/** Parts of a batch, by model and class: it has ended when the last of them has. */
export function together(parts: readonly Forecast[]): Forecast {
  const [first, ...others] = parts
  if (first === undefined) return { kind: 'unknown', reason: 'no-lane' }
  return others.reduce((all, each) => {
    if (all.kind !== 'range') return all
    if (each.kind !== 'range') return each
    return {
      kind: 'range',
      begin: { from: Math.min(all.begin.from, each.begin.from), to: Math.min(all.begin.to, each.begin.to) },
      end: { from: Math.max(all.end.from, each.end.from), to: Math.max(all.end.to, each.end.to) },
      tasks: Math.min(all.tasks, each.tasks),
      imagesPerHour: all.imagesPerHour + each.imagesPerHour,
    }
  }, first)
}

/** The same with the money that there is: `rows` of it wait to be paid. */
export function paidFrom(
  told: Forecast,
  purses: readonly Purse[],
  { now, rows, hours = alwaysOpen }: { now: number; rows: number; hours?: OpenHours },
): Forecast {
  const emptied = emptiedBy(purses, rows)
  if (told.kind !== 'range')
    return emptied === undefined ? told : { kind: 'stops', rows: emptied.rows, of: rows, purse: emptied.of }
  const { begin, end } = told
  const spending = (from: number, to: number) => spend({ now, rows, begin: from, end: to, hours }, purses)
  const middle = spending((begin.from + begin.to) / 2, (end.from + end.to) / 2)
  if (middle.kind === 'stops')
    return { kind: 'stops', rows: middle.rows, of: rows, purse: middle.of, at: Math.round(middle.at) }
  const [soon, late] = [spending(begin.from, end.from), spending(begin.to, end.to)]
  if (middle.kind !== 'ends' || soon.kind !== 'ends' || late.kind !== 'ends')
    return { kind: 'unknown', reason: 'too-far' }
  const endOf = ({ at, pause }: typeof soon, without: number) =>
    pause === undefined ? without : Math.round(at)
  return {
    ...told,
    end: { from: endOf(soon, end.from), to: endOf(late, end.to) },
    ...(middle.pause === undefined
      ? {}
      : { pause: { ...middle.pause, at: Math.round(middle.pause.at), of: rows } }),
  }
}

function whyUnknown({ lanes, pausedLanes, paused, now }: ForecastFacts): UnknownReason | undefined {
  if (paused !== undefined) return paused === 'producer' ? 'producer-paused' : 'batch-paused'
  if (lanes.length === 0) return pausedLanes > 0 ? 'lane-paused' : 'no-lane'
  return lanes.every((lane) => isStuck(lane, now)) ? 'nothing-ends' : undefined
}

/** Whether tasks run and none has ended for as long as several take: what was seen before says nothing then. */
function isStuck({ seen, ages }: LaneSeen, now: number): boolean {
  if (seen.length < enoughSeen) return Math.max(0, ...ages) > stuckMs
  const newest = Math.max(...seen.map(({ endedAt }) => endedAt))
  const longest = Math.max(stuckMs, 3 * Math.max(...seen.map(({ ms }) => ms)))
  return Math.max(0, ...ages) > longest && now - newest > longest
}
const stuckMs = 600_000

const over = (now: number): Forecast => ({
  kind: 'range',
  begin: { from: now, to: now },
  end: { from: now, to: now },
  tasks: 0,
  imagesPerHour: 0,
})

function spanOf(times: readonly number[]): Span {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  return { from: Math.floor(at(tail)), to: Math.ceil(at(1 - tail)) }
}
