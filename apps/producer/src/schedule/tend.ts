import type { LiveRun, Schedule } from '@restyle/shared/contract/schedule'
import { stopsOf } from '@restyle/shared/contract/stop'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { ScheduleId } from '@restyle/shared/ledger/schedules'
import type { Log } from '@restyle/shared/log'
import { decideTick, type TickReceipt } from '@restyle/shared/receipt/schedule-receipt'
import type { Store } from '@restyle/shared/store/store'
import {
  type BatchState,
  lookAtRuns,
  passGate,
  startHeld,
  type Step,
  takeTicks,
  type Tick,
  wakeTime,
} from './decide.ts'
import type { OnScheduleFailpoint } from './failpoints.ts'

/** What schedules are worked on with. `planner` names this process. */
export type TendTools = {
  ledger: Pick<Ledger, 'now' | 'readBatch' | 'schedules' | 'stopsOfProducer' | 'turn'>
  store: Pick<Store, 'putIfAbsent' | 'get'>
  log: Log
  failpoint: OnScheduleFailpoint
  planner: string
  /** A run is planned by one process at a time, which says so again and again; after this silence (ms) another begins anew. */
  leaseMs: number
}

/** Without a free place here another process may take it after that. */
const passOnMs = 3_000

/** Others may save at the same time, once for each of their steps. */
const mostTries = 50

/**
 * Changes a schedule as `change` says, which is asked again where somebody else was faster. Gives what was saved; undefined
 * where there is no such schedule, or `change` says so.
 */
export async function update(
  id: ScheduleId,
  { ledger }: Pick<TendTools, 'ledger'>,
  change: (schedule: Schedule, now: number) => Promise<Step | undefined>,
): Promise<Step | undefined> {
  for (let i = 0; i < mostTries; i += 1) {
    const read = await ledger.schedules.read(id)
    if (read === undefined) return undefined
    const now = await ledger.now()
    const step = await change(read.schedule, now)
    if (step === undefined) return undefined
    const { schedule, entries } = step
    const saved = await ledger.schedules.save(schedule, read.version, {
      wakeAt: wakeTime(schedule, now),
      entries,
    })
    if (saved.kind === 'saved') return step
  }
  throw new Error(`schedule ${id.name} is changed again and again by others`)
}

/**
 * Looks at a schedule: which of its runs are over, which ticks are due and what becomes of them. Each is written into the
 * bucket before the ledger hears of it, by which it is decided once, whoever looks and whatever Redis forgets. Gives the runs that
 * this process is to plan, `places` at most.
 */
export async function tend(id: ScheduleId, tools: TendTools, places: number): Promise<LiveRun[]> {
  await tools.failpoint('woken', id.name)
  for (;;) {
    const facts: { more: boolean; mine: LiveRun[]; wedged: readonly LiveRun[]; skips: number } = {
      more: false,
      mine: [],
      wedged: [],
      skips: 0,
    }
    const step = await update(id, tools, async (schedule, now) => {
      const looked = lookAtRuns(schedule, await statesOf(schedule, tools), now)
      const held = startHeld(looked.schedule, now)
      const { passes, more, ...taken } = takeTicks(held.schedule, now)
      const passed = passes === undefined ? taken : await decide(taken, passes, now, tools)
      const leased = takeRuns(passed.schedule, tools, places, now)
      const skips = leased.schedule.skipsInRow
      Object.assign(facts, { more, mine: leased.mine, wedged: looked.wedged })
      facts.skips = skips > schedule.skipsInRow ? skips : 0
      return { schedule: leased.schedule, entries: [...held.entries, ...passed.entries] }
    })
    if (step === undefined) {
      await tools.ledger.schedules.forget(id)
      return []
    }
    tell(id, facts, tools.log)
    if (facts.mine.length > 0) await tools.failpoint('noted', id.name)
    if (!facts.more) return facts.mine
  }
}

/** What becomes of a tick, as the bucket has it from now on. */
export async function decide(
  taken: Step,
  tick: Tick,
  now: number,
  tools: Pick<TendTools, 'store' | 'failpoint'>,
): Promise<Step> {
  const passed = passGate(taken.schedule, tick, now)
  const receipt = receiptOf(passed, tick, now)
  const known = await decideTick(tools.store, taken.schedule, tick.id, receipt)
  await tools.failpoint('decided', taken.schedule.name)
  const { schedule, entries } =
    known.outcome === receipt.outcome ? passed : passGate(taken.schedule, tick, now, known)
  return { schedule, entries: [...taken.entries, ...entries] }
}

function receiptOf({ schedule, entries }: Step, tick: Tick, now: number): TickReceipt {
  const run = schedule.runs.find(({ id }) => id === tick.id)
  const entry = entries.at(-1)
  return {
    v: 1,
    tick: tick.tick,
    ...(tick.asked ? { asked: true as const } : {}),
    outcome: run !== undefined ? 'started' : entry?.outcome === 'queued' ? 'queued' : 'skipped',
    ...(entry?.reason === undefined ? {} : { reason: entry.reason }),
    ...(run === undefined ? {} : { batch: run.batch }),
    at: now,
  }
}

/** Takes runs that nobody plans. */
function takeRuns(
  schedule: Schedule,
  { planner, leaseMs }: Pick<TendTools, 'leaseMs' | 'planner'>,
  places: number,
  now: number,
): { schedule: Schedule; mine: LiveRun[] } {
  const mine: LiveRun[] = []
  const runs = schedule.runs.map((run) => {
    if (run.stage !== 'planning' || (run.until ?? 0) > now) return run
    if (mine.length >= places) return { ...run, until: now + passOnMs }
    const taken = { ...run, planner, until: now + leaseMs }
    mine.push(taken)
    return taken
  })
  return { schedule: { ...schedule, runs }, mine }
}

async function statesOf(
  { producer, runs }: Schedule,
  { ledger }: Pick<TendTools, 'ledger'>,
): Promise<Map<string, BatchState>> {
  const states = new Map<string, BatchState>()
  if (!runs.some(({ stage }) => stage === 'going')) return states
  const isStopped = (await ledger.stopsOfProducer(producer)).length > 0
  for (const { stage, batch: id } of runs) {
    const batch = stage === 'going' ? await ledger.readBatch(id) : undefined
    if (batch === undefined) continue
    const { succeeded, failed, canceled, completedAt, pausedAt, stops } = batch
    states.set(id, {
      ended: succeeded + failed + canceled,
      isOver: completedAt !== undefined,
      isStopped: isStopped || stopsOf(pausedAt, stops).length > 0,
    })
  }
  return states
}

function tell(
  { producer, name }: ScheduleId,
  { wedged, skips }: { wedged: readonly LiveRun[]; skips: number },
  log: Log,
): void {
  for (const { batch } of wedged)
    log.error({ producer, schedule: name, batch }, 'run makes no progress: it blocks its schedule no longer')
  if (skips === 2)
    log.error(
      { producer, schedule: name, skips },
      'ticks were skipped one after the other: a run before them goes on',
    )
}
