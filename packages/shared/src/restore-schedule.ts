import type { LiveRun, Schedule } from './contract/schedule.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { ScheduleId } from './ledger/schedules.ts'
import {
  newestSettings,
  readPlanned,
  readTick,
  schedulesIn,
  ticksDecided,
  type TickReceipt,
} from './receipt/schedule-receipt.ts'
import type { Store } from './store/store.ts'

type Tools = { ledger: Pick<Ledger, 'now' | 'schedules'>; store: Pick<Store, 'get' | 'list'> }

const hourMs = 3600_000
const dayMs = 24 * hourMs
/** How far back the newest tick is looked for, nearest first: one of each minute has half a million a year. */
const looksBack = [hourMs, dayMs, 32 * dayMs, 400 * dayMs, Infinity]

/** Puts back all schedules that Redis has forgotten; gives how many. */
export async function restoreSchedules(tools: Tools, signal?: AbortSignal): Promise<number> {
  let restored = 0
  for await (const id of schedulesIn(tools.store)) {
    if (signal?.aborted) break
    if ((await tools.ledger.schedules.read(id)) === undefined && (await restoreSchedule(id, tools)))
      restored += 1
  }
  return restored
}

/**
 * Puts a schedule back as the bucket knows it; false where it has none. Ticks that were decided stay so; those after them are
 * missed. Of what was counted nothing is known any more.
 */
export async function restoreSchedule(id: ScheduleId, { ledger, store }: Tools): Promise<boolean> {
  const newest = await newestSettings(store, id)
  if (newest === undefined || newest.settings.kind === 'removed') return false
  const { revision, settings } = newest
  const now = await ledger.now()
  const decided = await newestTick(store, id, settings.at, now)
  const schedule: Schedule = {
    ...id,
    spec: settings.spec,
    revision,
    createdAt: settings.createdAt,
    last: Math.max(settings.at, decided?.receipt.tick ?? 0),
    ...(settings.paused ? { pausedAt: settings.at } : {}),
    runs: decided === undefined ? [] : await runOf(store, id, decided),
    ...(decided?.receipt.outcome === 'queued'
      ? { held: { id: decided.run, tick: decided.receipt.tick } }
      : {}),
    counts: { due: 0, started: 0, skipped: 0 },
    skipsInRow: 0,
  }
  return (await ledger.schedules.save(schedule, '', { wakeAt: now })).kind === 'saved'
}

type Decided = { run: string; receipt: TickReceipt }

async function newestTick(
  store: Tools['store'],
  id: ScheduleId,
  since: number,
  now: number,
): Promise<Decided | undefined> {
  for (const back of looksBack) {
    const after = Math.max(since, now - back)
    const run = (await ticksDecided(store, id, after)).at(-1)
    const receipt = run === undefined ? undefined : await readTick(store, id, run)
    if (run !== undefined && receipt !== undefined) return { run, receipt }
    if (after === since) return undefined
  }
  return undefined
}

/** A run that was started goes on: with its plan, or with its batch. */
async function runOf(store: Tools['store'], id: ScheduleId, { run, receipt }: Decided): Promise<LiveRun[]> {
  const { outcome, batch, tick, at } = receipt
  if (outcome !== 'started' || batch === undefined) return []
  const planned = await readPlanned(store, id, run)
  if (planned?.failed !== undefined) return []
  const stage = planned === undefined ? 'planning' : 'going'
  return [{ id: run, tick, batch, stage, at, ended: 0, endedAt: at }]
}
