import type { Client } from '@restyle/client/client'
import type { Schedule, ScheduleRequest, ScheduleRun } from '@restyle/client/types'
import { moneyText } from '@restyle/dashscope/money'
import { textOfHours } from '@restyle/shared/zone/window'
import { type CatalogFlags, readOptionsOf } from './catalog-flags.ts'
import type { WindowHours } from './flag-values.ts'
import type { Io } from './io.ts'
import { readRequestOptions, type RequestFlags } from './request-options.ts'
import { printLines, writeRaw } from './show/print.ts'
import { type Column, tableLines } from './show/table.ts'
import { timeText } from './show/time-text.ts'
import type { ExitCode } from './stop.ts'

/** The flags of `restyle schedule add`. */
export type ScheduleFlags = RequestFlags &
  CatalogFlags & {
    cron: string
    tz: string
    manifest: string
    keyColumn?: string
    missed?: ScheduleRequest['missed']
    overlap?: ScheduleRequest['overlap']
    /** From when to when, on the wall of the zone. */
    window?: WindowHours
    /** Of each run, in micros of its currency. */
    budget?: number
    currency?: 'CNY' | 'USD'
    /** A time of day. */
    finishBy?: string
    pictures?: string
    all?: true
    json?: true
  }

type JsonFlag = { json?: true }

/** Adds a schedule, or sets it otherwise; the same again changes nothing. */
export async function addSchedule(
  name: string,
  flags: ScheduleFlags,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const { cron, tz: timeZone, manifest, prompt, priority, window, missed, overlap } = flags
  const { budget: micros, currency = 'CNY', finishBy } = flags
  const request: ScheduleRequest = {
    ...readRequestOptions(flags),
    cron,
    timeZone,
    manifest,
    ...(prompt !== undefined && { prompt }),
    ...(priority !== undefined && { priority }),
    ...readingOf(flags),
    ...(missed !== undefined && { missed }),
    ...(overlap !== undefined && { overlap }),
    ...(window !== undefined && { window: { ...window, timeZone } }),
    ...(micros !== undefined && { budget: { currency, micros } }),
    ...(finishBy !== undefined && { finishBy }),
  }
  const { outcome, schedule } = await client.schedules.set(name, request)
  return show(schedule, [`schedule ${name} ${outcomes[outcome]}; ${nextText(schedule)}`], flags, io)
}

/** How its catalog is read. */
function readingOf(flags: ScheduleFlags) {
  const { keyColumn, skipFaulty, pictures, all } = flags
  const { ownColumns, skipEmpty, ...reading } = readOptionsOf(flags)
  return {
    ...reading,
    ...(skipEmpty === true && { skipEmpty }),
    ...(skipFaulty !== undefined && { skipFaulty }),
    ...(ownColumns !== undefined && { ownColumns: [...ownColumns] }),
    ...(keyColumn !== undefined && { keyColumn }),
    ...(pictures !== undefined && { pictures }),
    ...(all !== undefined && { all }),
  }
}

const outcomes = { added: 'added', changed: 'changed', unchanged: 'is so already' } as const

/** Lists schedules as a table, or as JSON lines. */
export async function listSchedules({ json }: JsonFlag, client: Client, io: Io): Promise<ExitCode> {
  const left: string[] = []
  const schedules = await client.schedules.list({ unreadable: ({ id }) => left.push(id) })
  if (json === true)
    for (const schedule of schedules) await writeRaw(io.stdout, `${JSON.stringify(schedule)}\n`, io.signal)
  else if (schedules.length === 0) printLines(io.stdout, 'No schedules found.')
  else printLines(io.stdout, ...tableLines(scheduleColumns, schedules, widthOf(io)))
  if (left.length === 0) return 0
  printLines(io.stderr, `left out, since the producer cannot read them: ${left.join(', ')}`)
  return 1
}

/** Shows a schedule: its next ticks, what goes on, and what became of the ticks before. */
export async function showSchedule(name: string, flags: JsonFlag, client: Client, io: Io): Promise<ExitCode> {
  const schedule = await client.schedules.read(name)
  const { cron, timeZone, manifest, missed, overlap, window, counts, running, queued } = schedule
  const hours = window === undefined ? '' : `, rows go ${textOfHours(window)} only`
  return show(
    schedule,
    [
      `${name}: ${cron} in ${timeZone}${hours}`,
      `  catalog: ${manifest}`,
      `  ${nextText(schedule)}`,
      `  ticks: ${counts.due} due, ${counts.started} started, ${counts.queued} waiting, ${counts.skipped} skipped`,
      `  missed ticks: ${missed ?? 'run-once'}; while a run goes on: ${overlap ?? 'skip'}`,
      ...limitLines(schedule),
      ...running.map(({ tick, batch }) => `  going on: ${timeText(tick)}, ${batch}`),
      ...(queued === undefined ? [] : [`  waiting: ${timeText(queued)}`]),
    ],
    flags,
    io,
  )
}

/** What each run may cost, and by when it should be done. */
const limitLines = ({ budget, finishBy }: Schedule): string[] => [
  ...(budget === undefined ? [] : [`  each run may cost: ${moneyText(budget)}`]),
  ...(finishBy === undefined ? [] : [`  should be done by: ${finishBy}`]),
]

/** Shows what became of the ticks of a schedule, the newest first. */
export async function scheduleHistory(
  name: string,
  { json, limit }: JsonFlag & { limit?: number },
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const runs = await client.schedules.runs(name, { ...(limit !== undefined && { limit }) })
  if (json === true) for (const run of runs) await writeRaw(io.stdout, `${JSON.stringify(run)}\n`, io.signal)
  else if (runs.length === 0) printLines(io.stdout, `No tick of ${name} was due by now.`)
  else printLines(io.stdout, ...historyLines(runs, widthOf(io)))
  return 0
}

/** A sentence is what matters here, and is not cut: a narrow terminal has it in a line of its own. */
const historyLines = (runs: readonly ScheduleRun[], width: number | undefined): string[] =>
  width === undefined || width >= 100
    ? tableLines(runColumns, runs, width)
    : runs.flatMap((run) => [`${timeText(run.tick)}  ${outcomeText(run)}`, `  ${whatText(run)}`])

/** Pauses or resumes a schedule; runs that go on go on. */
export async function pauseSchedule(
  verb: 'pause' | 'resume',
  name: string,
  flags: JsonFlag,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const { schedule } = await client.schedules[verb](name)
  const says = verb === 'pause' ? 'is paused; a run that goes on goes on' : `goes on; ${nextText(schedule)}`
  return show(schedule, [`schedule ${name} ${says}`], flags, io)
}

/** Runs a schedule now, through the same gate as a tick. */
export async function runSchedule(name: string, flags: JsonFlag, client: Client, io: Io): Promise<ExitCode> {
  const run = await client.schedules.run(name, { idempotencyKey: io.newId() })
  await show(run, [`schedule ${name}: ${runText(run)}`], flags, io)
  return run.outcome === 'skipped' ? 1 : 0
}

/** Removes a schedule; its batches stay. */
export async function removeSchedule(
  name: string,
  flags: JsonFlag,
  client: Client,
  io: Io,
): Promise<ExitCode> {
  const schedule = await client.schedules.remove(name)
  return show(schedule, [`schedule ${name} is removed; its batches stay`], flags, io)
}

async function show(answer: object, lines: readonly string[], { json }: JsonFlag, io: Io): Promise<ExitCode> {
  if (json === true) await writeRaw(io.stdout, `${JSON.stringify(answer)}\n`, io.signal)
  else printLines(io.stdout, ...lines)
  return 0
}

function nextText({ nextTicks: [next], pausedAt }: Schedule): string {
  if (pausedAt !== undefined) return `paused since ${timeText(pausedAt)}`
  return next === undefined ? 'it has no next tick' : `next: ${timeText(next)}`
}

/** What became of a tick, in words. */
function runText({ outcome, reason, detail, batch, rows, ticks }: ScheduleRun): string {
  switch (outcome) {
    case 'queued':
      return 'waits for the run before it'
    case 'planning':
      return 'starts'
    case 'failed':
      return `failed: ${detail ?? ''}`
    case 'skipped':
      return `${ticks === undefined ? '' : `${ticks} ticks `}skipped: ${reasons[reason ?? 'missed']}`
    case 'ran': {
      const { new: added = 0, changed = 0, failed = 0, unchanged = 0, again } = rows ?? {}
      const counts = `${added} new, ${changed} changed, ${failed} failed before, ${unchanged} unchanged`
      const more = again === undefined ? '' : `, ${again} made again`
      const left = detail === undefined ? '' : `; ${detail}`
      return batch === undefined ? `nothing to do: ${counts}${left}` : `${batch}: ${counts}${more}${left}`
    }
  }
}

function outcomeText({ outcome, asked }: ScheduleRun): string {
  return asked === true ? `${outcome} (asked)` : outcome
}

/** The same beside the outcome, which is not said twice. */
function whatText(run: ScheduleRun): string {
  return runText(run).replace(/^(failed|skipped): /, '')
}

const reasons: Readonly<Record<NonNullable<ScheduleRun['reason']>, string>> = {
  missed: 'nobody was there',
  paused: 'the schedule was paused',
  edited: 'the schedule was changed',
  overlap: 'the run before it goes on',
  'queue-full': 'another waits already',
}

const widthOf = ({ stdout }: Io): number | undefined =>
  stdout.isTTY === true ? (stdout.columns ?? 80) : undefined

const scheduleColumns: readonly Column<Schedule>[] = [
  { head: 'SCHEDULE', cell: ({ name }) => name, least: 12 },
  { head: 'CRON', cell: ({ cron }) => cron, leaves: 2 },
  { head: 'ZONE', cell: ({ timeZone }) => timeZone, leaves: 3 },
  {
    head: 'NEXT',
    cell: ({ nextTicks: [next = ''], pausedAt }) => (pausedAt === undefined ? timeText(next) : 'paused'),
  },
  { head: 'CATALOG', cell: ({ manifest }) => manifest, least: 12, leaves: 1 },
]

const runColumns: readonly Column<ScheduleRun>[] = [
  { head: 'TICK', cell: ({ tick }) => timeText(tick) },
  { head: 'OUTCOME', cell: outcomeText },
  { head: 'WHAT', cell: whatText, least: 20 },
]
