import type { Schedule, ScheduleSpec } from '@restyle/shared/contract/schedule'
import {
  closeBook,
  lookAtRuns,
  noteFailed,
  noteRan,
  passGate,
  startHeld,
  type Step,
  takeTicks as takeDue,
  wakeTime,
} from './decide.ts'

const at = (text: string): number => Date.parse(`2026-06-${text}Z`)
const minuteMs = 60_000
const hourMs = 60 * minuteMs

function nightly(spec: Partial<ScheduleSpec> = {}, more: Partial<Schedule> = {}): Schedule {
  return {
    producer: 'acme',
    name: 'nightly',
    spec: {
      cron: '0 22 * * *',
      timeZone: 'UTC',
      manifest: 's3://photos/catalog.csv',
      missed: 'run-once',
      overlap: 'skip',
      ...spec,
    },
    revision: 1,
    createdAt: at('01T12:00'),
    last: at('01T12:00'),
    runs: [],
    counts: { due: 0, started: 0, skipped: 0 },
    skipsInRow: 0,
    ...more,
  }
}

const told = ({ entries }: Pick<Step, 'entries'>) =>
  entries.map(({ id, outcome, reason, ticks }) => [id, outcome, reason, ticks].filter(Boolean).join(' '))

/** Takes the ticks that are due, and lets through the gate what passes. */
function takeTicks(schedule: Schedule, now: number): Step & { more: boolean } {
  const { passes, ...taken } = takeDue(schedule, now)
  if (passes === undefined) return taken
  const passed = passGate(taken.schedule, passes, now)
  return { schedule: passed.schedule, entries: [...taken.entries, ...passed.entries], more: taken.more }
}

/** Whatever became of ticks, it adds up. */
function expectSum({ counts, held }: Schedule): void {
  expect(counts.started + (held === undefined ? 0 : 1) + counts.skipped).toBe(counts.due)
}

const states = (...list: [batch: string, ended: number, isOver?: boolean, isStopped?: boolean][]) =>
  new Map(
    list.map(([batch, ended, isOver = false, isStopped = false]) => [batch, { ended, isOver, isStopped }]),
  )

const noRows = { new: 0, changed: 0, failed: 0, unchanged: 3 }
const rows = { new: 1, changed: 0, failed: 0, unchanged: 2 }

describe('a tick', () => {
  it('starts a run when it is due, once', () => {
    expect(takeTicks(nightly(), at('01T21:59:59')).entries).toEqual([])
    const started = takeTicks(nightly(), at('01T22:00'))
    expect(told(started)).toEqual(['2026-06-01T22:00:00Z planning'])
    expect(started.schedule.runs).toHaveLength(1)
    expectSum(started.schedule)
    expect(takeTicks(started.schedule, at('01T22:00:30')).entries).toEqual([])
    expect(wakeTime(nightly(), at('01T12:00'))).toBe(at('01T22:00'))
  })

  it('gives its batch the same id whoever decides it', () => {
    const [one, other] = ['01T22:00', '01T22:04'].map((now) => takeTicks(nightly(), at(now)).schedule.runs[0])
    expect(one?.batch).toBe(other?.batch)
    const next = takeTicks(nightly({}, { last: at('01T22:00') }), at('02T22:00')).schedule.runs[0]
    expect(next?.batch).not.toBe(one?.batch)
  })

  it('becomes what the bucket says that it became', () => {
    const tick = { id: '2026-06-01T22:00:00Z', tick: at('01T22:00') }
    const running = takeTicks(nightly(), at('01T21:00')).schedule
    const started = passGate(running, tick, at('01T22:00'), { outcome: 'started' })
    expect(told(started)).toEqual(['2026-06-01T22:00:00Z planning'])
    const skipped = passGate(running, tick, at('01T22:00'), { outcome: 'skipped', reason: 'overlap' })
    expect(told(skipped)).toEqual(['2026-06-01T22:00:00Z skipped overlap'])
    expectSum(skipped.schedule)
  })

  it('that was missed is run once, however many were', () => {
    const late = takeTicks(nightly(), at('05T09:00'))
    expect(told(late)).toEqual(['2026-06-01T22:00:00Z skipped missed 3', '2026-06-04T22:00:00Z planning'])
    expect(late.schedule.last).toBe(at('04T22:00'))
    expectSum(late.schedule)
  })

  it('that was missed is skipped where missed ticks are', () => {
    const skipped = takeTicks(nightly({ missed: 'skip' }), at('05T09:00'))
    expect(told(skipped)).toEqual(['2026-06-01T22:00:00Z skipped missed 4'])
    expectSum(skipped.schedule)
    // one that comes within minutes was not missed
    expect(told(takeTicks(nightly({ missed: 'skip' }), at('01T22:05')))).toEqual([
      '2026-06-01T22:00:00Z planning',
    ])
  })

  it('is paused, not missed, while its schedule is', () => {
    const paused = nightly({}, { pausedAt: at('01T13:00') })
    const first = takeTicks(paused, at('01T22:00'))
    expect(told(first)).toEqual(['2026-06-01T22:00:00Z skipped paused'])
    const both = takeTicks(first.schedule, at('02T23:00'))
    expect(told(both)).toEqual(['2026-06-01T22:00:00Z skipped paused 2'])
    expectSum(both.schedule)
    // resumed in the morning: nothing runs before the next tick
    const { pausedAt: _pausedAt, ...resumed } = both.schedule
    expect(told(takeTicks(resumed, at('03T09:00')))).toEqual([])
    expect(told(takeTicks(resumed, at('03T22:00')))).toEqual(['2026-06-03T22:00:00Z planning'])
  })

  it('of before an edit is not missed', () => {
    const edited = closeBook(nightly(), 'edited', at('03T09:00'))
    expect(edited && told(edited)).toEqual(['2026-06-01T22:00:00Z skipped edited 2'])
    const schedule = { ...edited?.schedule, last: at('03T09:00') } as Schedule
    const moved: Schedule = { ...schedule, spec: { ...schedule.spec, timeZone: 'America/New_York' } }
    expect(told(takeTicks(moved, at('03T10:00')))).toEqual([])
    expect(told(takeTicks(moved, at('04T02:00')))).toEqual(['2026-06-04T02:00:00Z planning'])
  })

  it('is decided in slices where a schedule of each minute was down for days', () => {
    let schedule = nightly({ cron: '* * * * *' })
    const now = at('03T12:00')
    const entries: string[] = []
    for (let more = true; more;) {
      const step = takeTicks(schedule, now)
      schedule = step.schedule
      entries.push(...told(step))
      more = step.more
      expectSum(schedule)
    }
    expect(schedule.counts).toEqual({ due: 2880, started: 1, skipped: 2879 })
    expect(entries.at(-2)).toBe('2026-06-01T12:01:00Z skipped missed 2879')
    expect(closeBook(nightly({ cron: '* * * * *' }), 'edited', now)).toBeUndefined()
  })
})

describe('a run that goes on', () => {
  const running = takeTicks(nightly(), at('01T22:00')).schedule
  const batch = running.runs[0]?.batch ?? ''
  const going = noteRan(running, '2026-06-01T22:00:00Z', { rows }, at('01T22:01')).schedule

  it('has the next tick skipped, which is counted in a row', () => {
    const second = takeTicks(going, at('02T22:00'))
    expect(told(second)).toEqual(['2026-06-02T22:00:00Z skipped overlap'])
    const third = takeTicks(second.schedule, at('03T22:00'))
    expect(third.schedule.skipsInRow).toBe(2)
    expectSum(third.schedule)
  })

  it('has one tick wait, and no more', () => {
    const queued = takeTicks({ ...going, spec: nightly({ overlap: 'queue' }).spec }, at('02T22:00'))
    expect(told(queued)).toEqual(['2026-06-02T22:00:00Z queued'])
    expectSum(queued.schedule)
    const full = takeTicks(queued.schedule, at('03T22:00'))
    expect(told(full)).toEqual(['2026-06-03T22:00:00Z skipped queue-full'])
    expectSum(full.schedule)
    expect(startHeld(full.schedule, at('03T22:01')).entries).toEqual([])
    const ended = lookAtRuns(full.schedule, states([batch, 1, true]), at('04T01:00')).schedule
    const started = startHeld(ended, at('04T01:00'))
    expect(told(started)).toEqual(['2026-06-02T22:00:00Z planning'])
    expectSum(started.schedule)
  })

  it('has the next tick run beside it, up to ten', () => {
    let schedule: Schedule = { ...going, spec: nightly({ overlap: 'beside' }).spec }
    for (let day = 2; day <= 12; day += 1)
      schedule = takeTicks(schedule, at(`${String(day).padStart(2, '0')}T22:00`)).schedule
    expect(schedule.runs).toHaveLength(10)
    expect(schedule.counts).toEqual({ due: 12, started: 10, skipped: 2 })
    expectSum(schedule)
  })

  it('keeps what somebody asks for from running, too', () => {
    const asked = passGate(going, { id: 'run-1', tick: at('02T09:00'), asked: true }, at('02T09:00'))
    expect(told(asked)).toEqual(['run-1 skipped overlap'])
    expectSum(asked.schedule)
    // a person's own wish says nothing about the schedule
    expect(asked.schedule.skipsInRow).toBe(0)
    expect(asked.schedule.last).toBe(going.last)
  })

  it('is over when its batch is, or has no rows', () => {
    expect(lookAtRuns(going, states([batch, 1, true]), at('01T23:00')).schedule.runs).toEqual([])
    expect(noteRan(running, '2026-06-01T22:00:00Z', { rows: noRows }, at('01T22:01')).schedule.runs).toEqual(
      [],
    )
    const failed = noteFailed(running, '2026-06-01T22:00:00Z', 'gone', at('01T22:01'))
    expect(failed.schedule.runs).toEqual([])
    expect(told(failed)).toEqual(['2026-06-01T22:00:00Z failed'])
  })

  it('blocks nobody any more after no row of it has ended for two ticks, a day at most', () => {
    const look = (schedule: Schedule, now: string, ended: number, isStopped = false) =>
      lookAtRuns(schedule, states([batch, ended, false, isStopped]), at(now))
    expect(look(going, '02T22:00', 0).wedged).toEqual([])
    expect(look(going, '02T22:02', 0).wedged).toHaveLength(1)
    // it moves
    const moved = look(going, '02T21:00', 1).schedule
    expect(look(moved, '03T20:59', 1).wedged).toEqual([])
    expect(look(moved, '03T21:00', 1).wedged).toHaveLength(1)
    // it waits for its window
    const closed = look(going, '02T21:00', 0, true).schedule
    expect(look(closed, '03T20:59', 0).wedged).toEqual([])
    const often = { ...going, spec: nightly({ cron: '*/5 * * * *' }).spec }
    expect(look(often, '01T23:00', 0).wedged).toEqual([])
    expect(look(often, '01T23:01', 0).wedged).toHaveLength(1)
  })
})

it('is looked at again when something may have changed', () => {
  const running = takeTicks(nightly({ overlap: 'queue' }), at('01T22:00')).schedule
  const now = at('01T22:00:01')
  expect(wakeTime(running, now)).toBe(now)
  const leased = {
    ...running,
    runs: running.runs.map((run) => ({ ...run, planner: 'p', until: now + 30_000 })),
  }
  expect(wakeTime(leased, now)).toBe(now + 30_000)
  const going = noteRan(running, '2026-06-01T22:00:00Z', { rows }, now).schedule
  expect(wakeTime(going, now)).toBe(now + minuteMs)
  expect(wakeTime({ ...going, held: { id: 'x', tick: now } }, now)).toBe(now + 5_000)
  expect(wakeTime(going, at('02T21:59:30'))).toBe(at('02T22:00'))
  expect(hourMs).toBe(60 * minuteMs)
})
