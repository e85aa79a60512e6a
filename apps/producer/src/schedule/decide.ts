import { isoOfTick } from '@restyle/shared/contract/schedule-event'
import type { LiveRun, RunRows, Schedule, ScheduleRun, SkipReason } from '@restyle/shared/contract/schedule'
import { idFromKey } from '@restyle/shared/ids'
import type { TickReceipt } from '@restyle/shared/receipt/schedule-receipt'
import { nextTick, ticksAfter } from './cron.ts'

/*
 * What becomes of a schedule's ticks. Nothing here reads a clock or writes: each function answers the schedule as it is
 * then, and what its history has of it. Whoever saves that compares that nobody else has saved before (ledger/schedules.ts).
 */

/** A schedule after something was decided, and the entries of its history that are new or other than before. */
export type Step = { schedule: Schedule; entries: readonly ScheduleRun[] }

/** A tick that passes the gate: one of the schedule's, or one that somebody asked for. */
export type Tick = { id: string; tick: number; asked?: true }

/** What the bucket knows of a tick that Redis does not. */
export type Known = Pick<TickReceipt, 'outcome' | 'reason'>

/** A tick that is decided within this is on time. */
const graceMs = 5 * 60_000

/** Ticks that one step decides: some 65 µs each. */
const mostTicks = 500

/** Runs that go on beside one another. */
const mostBeside = 10

const hourMs = 3600_000

/** Ticks that are due at `now` and were not decided, at most one more than a step takes. */
export function dueTicks({ spec, last }: Schedule, now: number): number[] {
  const due: number[] = []
  for (const tick of ticksAfter(spec, last)) {
    if (tick > now || due.length > mostTicks) break
    due.push(tick)
  }
  return due
}

/**
 * Decides the ticks that are due. Of several the newest may run, where it is on time or missed ticks run once: it is left for
 * the gate (`passes`). The others are missed. `more`: so many are due that another step is needed.
 */
export function takeTicks(schedule: Schedule, now: number): Step & { more: boolean; passes?: Tick } {
  const due = dueTicks(schedule, now)
  const more = due.length > mostTicks
  const ticks = due.slice(0, mostTicks)
  const newest = ticks.at(-1)
  if (newest === undefined) return { schedule, entries: [], more }
  if (schedule.pausedAt !== undefined) return { ...skip(schedule, ticks, 'paused', now), more }
  const runs = !more && (now - newest <= graceMs || schedule.spec.missed === 'run-once')
  const passed = runs ? ticks.slice(0, -1) : ticks
  const missed = passed.length === 0 ? { schedule, entries: [] } : skip(schedule, passed, 'missed', now)
  if (!runs) return { ...missed, more }
  return { ...missed, more, passes: { id: isoOfTick(newest), tick: newest } }
}

/** Lets a tick start, wait or be skipped, as the schedule's policy says. `known`: what was decided of it before. */
export function passGate(schedule: Schedule, tick: Tick, now: number, known?: Known): Step {
  const { runs, held, spec } = schedule
  if (known?.outcome === 'started') return start(counted(schedule, tick), tick, now)
  if (known?.outcome === 'skipped') return skipOne(schedule, tick, known.reason ?? 'overlap', now)
  if (runs.length === 0 && held === undefined) return start(counted(schedule, tick), tick, now)
  switch (spec.overlap) {
    case 'beside':
      if (runs.length < mostBeside) return start(counted(schedule, tick), tick, now)
      return skipOne(schedule, tick, 'overlap', now)
    case 'queue':
      if (held !== undefined) return skipOne(schedule, tick, 'queue-full', now)
      return {
        schedule: { ...endSkipping(counted(schedule, tick)), held: tick },
        entries: [{ ...tick, outcome: 'queued', at: now }],
      }
    case 'skip':
      return skipOne(schedule, tick, 'overlap', now)
  }
}

/** Starts the tick that waits, where it may. */
export function startHeld(schedule: Schedule, now: number): Step {
  const { held, ...rest } = schedule
  if (held === undefined || schedule.runs.length > 0 || schedule.pausedAt !== undefined)
    return { schedule, entries: [] }
  return start(rest, held, now)
}

/** Everything that is due and undecided is skipped, and so is what waits. Undefined where that is too much for one step. */
export function closeBook(schedule: Schedule, reason: 'paused' | 'edited', now: number): Step | undefined {
  const due = dueTicks(schedule, now)
  if (due.length > mostTicks) return undefined
  const ticks = due.length === 0 ? { schedule, entries: [] } : skip(schedule, due, reason, now)
  const { held, ...rest } = ticks.schedule
  if (held === undefined) return ticks
  const { counts } = rest
  return {
    schedule: { ...endSkipping(rest), counts: { ...counts, skipped: counts.skipped + 1 } },
    entries: [...ticks.entries, { ...held, outcome: 'skipped', reason, at: now }],
  }
}

/** The run's batch has its rows; without any it is over. `left`: what was left out of its catalog. */
export function noteRan(
  schedule: Schedule,
  id: string,
  { rows, left }: { rows: RunRows; left?: string | undefined },
  now: number,
): Step {
  const run = schedule.runs.find((each) => each.id === id)
  if (run === undefined) return { schedule, entries: [] }
  const { planner: _planner, until: _until, ...planned } = run
  const going: LiveRun[] = isEmpty(rows) ? [] : [{ ...planned, stage: 'going', endedAt: now }]
  return {
    schedule: { ...schedule, runs: schedule.runs.flatMap((each) => (each.id === id ? going : [each])) },
    entries: [
      {
        ...entryOf(run),
        ...(isEmpty(rows) ? {} : { batch: run.batch }),
        outcome: 'ran',
        rows,
        ...(left === undefined ? {} : { detail: left }),
        endedAt: now,
      },
    ],
  }
}

/** Whether a run has nothing to do. */
export const isEmpty = ({ new: added, changed, failed, again = 0, earlier = 0 }: RunRows): boolean =>
  added + changed + failed + again + earlier === 0

/** The run comes to nothing; the next tick tries again. */
export function noteFailed(schedule: Schedule, id: string, detail: string, now: number): Step {
  const run = schedule.runs.find((each) => each.id === id)
  if (run === undefined) return { schedule, entries: [] }
  return {
    schedule: { ...schedule, runs: schedule.runs.filter((each) => each.id !== id) },
    entries: [{ ...entryOf(run), outcome: 'failed', detail, endedAt: now }],
  }
}

/** What a batch is like: how many of its rows have ended, whether all have, and whether something holds it back. */
export type BatchState = { ended: number; isOver: boolean; isStopped: boolean }

/**
 * Looks how far runs are. One that is over, or of which no row has ended for two ticks although it might go, keeps no other
 * from its turn. `wedged`: those.
 */
export function lookAtRuns(
  schedule: Schedule,
  states: ReadonlyMap<string, BatchState>,
  now: number,
): { schedule: Schedule; wedged: readonly LiveRun[] } {
  const wedged: LiveRun[] = []
  const leaseMs = leaseOf(schedule, now)
  const runs = schedule.runs.flatMap((run) => {
    if (run.stage === 'planning') return [run]
    const state = states.get(run.batch)
    if (state === undefined || state.isOver) return []
    if (state.isStopped || state.ended !== run.ended) return [{ ...run, ended: state.ended, endedAt: now }]
    if (now - run.endedAt < leaseMs) return [run]
    wedged.push(run)
    return []
  })
  return { schedule: { ...schedule, runs }, wedged }
}

/** Twice the time between two ticks, an hour at least and a day at most. */
function leaseOf({ spec }: Schedule, now: number): number {
  const next = nextTick(spec, now)
  return Math.min(24 * hourMs, Math.max(hourMs, 2 * (nextTick(spec, next) - next)))
}

/** How often a run that goes on is looked at. */
const lookMs = { held: 5_000, going: 60_000 }

/** When (epoch ms) the schedule is to be looked at again. */
export function wakeTime(schedule: Schedule, now: number): number {
  const { runs, held, spec, last } = schedule
  const times = runs.map(({ stage, until = now }) =>
    stage === 'planning' ? until : now + (held === undefined ? lookMs.going : lookMs.held),
  )
  return Math.min(nextTick(spec, last), ...times)
}

const counted = (schedule: Schedule, { tick, asked }: Tick): Schedule => ({
  ...schedule,
  ...(asked ? {} : { last: Math.max(schedule.last, tick) }),
  counts: { ...schedule.counts, due: schedule.counts.due + 1 },
})

function endSkipping({ skipping: _skipping, ...schedule }: Schedule): Schedule {
  return schedule
}

/** The key that a run's batch follows from; no header holds a line break, so no caller has the same. */
export const keyOfRun = (name: string, id: string): string => `schedule\n${name}\n${id}`

function start(schedule: Schedule, tick: Tick, now: number): Step {
  const { producer, name, counts } = schedule
  const batch = idFromKey('batch', producer, keyOfRun(name, tick.id))
  const run: LiveRun = {
    id: tick.id,
    tick: tick.tick,
    ...(tick.asked ? { asked: true as const } : {}),
    batch,
    stage: 'planning',
    at: now,
    ended: 0,
    endedAt: now,
  }
  return {
    schedule: {
      ...endSkipping(schedule),
      runs: [...schedule.runs, run],
      counts: { ...counts, started: counts.started + 1 },
      skipsInRow: 0,
    },
    entries: [entryOf(run)],
  }
}

const entryOf = ({ id, tick, asked, at }: LiveRun): ScheduleRun => ({
  id,
  tick,
  ...(asked ? { asked } : {}),
  outcome: 'planning',
  at,
})

/** Skips a tick for a run before it. */
function skipOne(schedule: Schedule, tick: Tick, reason: SkipReason, now: number): Step {
  if (!tick.asked) {
    const skipped = skip(schedule, [tick.tick], reason, now)
    return { ...skipped, schedule: { ...skipped.schedule, skipsInRow: schedule.skipsInRow + 1 } }
  }
  const { counts } = counted(schedule, tick)
  return {
    schedule: { ...endSkipping(schedule), counts: { ...counts, skipped: counts.skipped + 1 } },
    entries: [{ ...tick, outcome: 'skipped', reason, at: now }],
  }
}

/** Ticks that are skipped one after the other for one reason are one entry of the history. */
function skip(schedule: Schedule, ticks: readonly number[], reason: SkipReason, now: number): Step {
  const { counts, skipping, last } = schedule
  const newest = Math.max(last, ...ticks)
  const entry =
    skipping?.reason === reason
      ? { ...skipping, ticks: skipping.ticks + ticks.length }
      : { id: isoOfTick(ticks[0] ?? newest), reason, ticks: ticks.length, at: now }
  return {
    schedule: {
      ...schedule,
      last: newest,
      counts: { ...counts, due: counts.due + ticks.length, skipped: counts.skipped + ticks.length },
      skipping: entry,
    },
    entries: [
      {
        id: entry.id,
        tick: newest,
        outcome: 'skipped',
        reason,
        ...(entry.ticks === 1 ? {} : { ticks: entry.ticks }),
        at: entry.at,
      },
    ],
  }
}
