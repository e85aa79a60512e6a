import { limits } from '@restyle/shared/contract/limits'
import type { Schedule, ScheduleSpec } from '@restyle/shared/contract/schedule'
import { RestyleError } from '@restyle/shared/errors'
import { digestOf } from '@restyle/shared/ids'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import type { SavedSchedule, ScheduleId } from '@restyle/shared/ledger/schedules'
import {
  newestSettings,
  type ScheduleSettings,
  writeSettings,
} from '@restyle/shared/receipt/schedule-receipt'
import { restoreSchedule } from '@restyle/shared/restore-schedule'
import type { Store } from '@restyle/shared/store/store'
import { closeBook, type Step, wakeTime } from './decide.ts'

/** What schedules are set with. */
export type SetTools = {
  ledger: Pick<Ledger, 'now' | 'schedules'>
  store: Pick<Store, 'get' | 'list' | 'putIfAbsent'>
}

/** `unchanged`: it was so before. `full`: the producer has too many. `busy`: more ticks are due than are decided at once. */
export type ScheduleSet =
  | { kind: 'added' | 'changed' | 'unchanged'; schedule: Schedule }
  | { kind: 'full' | 'busy' | 'none' }

const mostTries = 20

/** Looks at what a schedule is set to right before it is changed; undefined where there is none. Throws to prevent it. */
type Check = (settings: ReturnType<typeof settingsOf> | undefined) => void

/** What of a schedule people set. */
export const settingsOf = ({ spec, pausedAt }: Schedule) => ({ spec, paused: pausedAt !== undefined })

/** Adds a schedule, or sets it otherwise. Ticks of before then never count as missed. The same again changes nothing. */
export function setSchedule(
  id: ScheduleId,
  spec: ScheduleSpec,
  tools: SetTools,
  check: Check = () => {},
): Promise<ScheduleSet> {
  return settle(id, tools, async (read, now) => {
    check(read === undefined ? undefined : settingsOf(read.schedule))
    if (read === undefined) {
      const names = await tools.ledger.schedules.list(id.producer)
      if (names.length >= limits.schedules) return 'full'
      return { step: { schedule: newSchedule(id, spec, now), entries: [] }, kind: 'added' }
    }
    const { schedule } = read
    if (digestOf(schedule.spec) === digestOf(spec))
      return { step: { schedule, entries: [] }, kind: 'unchanged' }
    const closed = closeBook(schedule, 'edited', now)
    if (closed === undefined) return 'busy'
    const { skipping: _skipping, ...before } = closed.schedule
    return {
      step: { schedule: { ...before, spec, last: Math.max(before.last, now) }, entries: closed.entries },
      kind: 'changed',
    }
  })
}

/** No tick runs while a schedule is paused; what was due by then is paused too. */
export function pauseSchedule(id: ScheduleId, pause: boolean, tools: SetTools): Promise<ScheduleSet> {
  return settle(id, tools, async (read, now) => {
    if (read === undefined) return 'none'
    const { schedule } = read
    if ((schedule.pausedAt !== undefined) === pause)
      return { step: { schedule, entries: [] }, kind: 'unchanged' }
    const closed = closeBook(schedule, 'paused', now)
    if (closed === undefined) return 'busy'
    const { pausedAt: _pausedAt, skipping: _skipping, ...rest } = closed.schedule
    const last = Math.max(rest.last, now)
    const after: Schedule = pause ? { ...rest, last, pausedAt: now } : { ...rest, last }
    return { step: { schedule: after, entries: closed.entries }, kind: 'changed' }
  })
}

/** Forgets a schedule and its history; the runs that go on go on. Gives what it was. */
export async function removeSchedule(
  id: ScheduleId,
  tools: SetTools,
  check: Check = () => {},
): Promise<Schedule | undefined> {
  const { ledger, store } = tools
  for (let i = 0; i < mostTries; i += 1) {
    const read = await readOrRestore(id, tools)
    if (read === undefined) return undefined
    check(settingsOf(read.schedule))
    const removed: ScheduleSettings = { v: 1, kind: 'removed', at: await ledger.now() }
    await write(id, read.schedule.revision, removed, store)
    if ((await ledger.schedules.remove(id, read.version)).kind === 'saved') return read.schedule
  }
  throw contested(id)
}

type Change = 'full' | 'busy' | 'none' | { step: Step; kind: 'added' | 'changed' | 'unchanged' }

/** Carries a change out: into the bucket, then into the ledger; again where somebody else was faster. */
async function settle(
  id: ScheduleId,
  tools: SetTools,
  change: (read: SavedSchedule | undefined, now: number) => Promise<Change>,
): Promise<ScheduleSet> {
  const { ledger, store } = tools
  for (let i = 0; i < mostTries; i += 1) {
    const read = await readOrRestore(id, tools)
    const now = await ledger.now()
    const changed = await change(read, now)
    if (typeof changed === 'string') return { kind: changed }
    const { step, kind } = changed
    if (kind === 'unchanged') return { kind, schedule: step.schedule }
    const { spec, createdAt, pausedAt } = step.schedule
    const settings: ScheduleSettings = {
      v: 1,
      kind: 'set',
      at: now,
      createdAt,
      paused: pausedAt !== undefined,
      spec,
    }
    const revision = await write(id, read?.schedule.revision ?? 0, settings, store)
    const schedule = { ...step.schedule, revision }
    const more = { wakeAt: wakeTime(schedule, now), entries: step.entries }
    const saved = await ledger.schedules.save(schedule, read?.version ?? '', more)
    if (saved.kind === 'saved') return { kind, schedule }
    if (saved.kind === 'full') {
      await write(id, revision, { v: 1, kind: 'removed', at: now }, store)
      return { kind: 'full' }
    }
  }
  throw contested(id)
}

/** One that Redis has forgotten is put back first: it may have run its tick already. */
async function readOrRestore(id: ScheduleId, tools: SetTools): Promise<SavedSchedule | undefined> {
  const read = await tools.ledger.schedules.read(id)
  if (read !== undefined || !(await restoreSchedule(id, tools))) return read
  return tools.ledger.schedules.read(id)
}

/** Writes settings under the next number that is free; gives it. */
async function write(
  id: ScheduleId,
  revision: number,
  settings: ScheduleSettings,
  store: SetTools['store'],
): Promise<number> {
  let next = revision + 1
  for (let i = 0; i < mostTries; i += 1) {
    if ((await writeSettings(store, id, next, settings)) === 'written') return next
    next = ((await newestSettings(store, id, next))?.revision ?? next) + 1
  }
  throw contested(id)
}

const contested = ({ name }: ScheduleId): RestyleError =>
  new RestyleError('Contested', 'a schedule is changed again and again by others', { schedule: name })

const newSchedule = (id: ScheduleId, spec: ScheduleSpec, now: number): Schedule => ({
  ...id,
  spec,
  revision: 0,
  createdAt: now,
  last: now,
  runs: [],
  counts: { due: 0, started: 0, skipped: 0 },
  skipsInRow: 0,
})
