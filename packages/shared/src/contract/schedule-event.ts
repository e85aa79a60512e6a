import { z } from 'zod'
import { RunRows, type ScheduleRun, SkipReason } from './schedule.ts'

/** What a producer is told of a tick. `ticks`: it stands for so many, the last of them at `tick`. */
export const ScheduleEventData = z.object({
  schedule: z.string(),
  tick: z.iso.datetime(),
  ticks: z.int().exactOptional(),
  reason: SkipReason.exactOptional(),
  detail: z.string().exactOptional(),
  batch: z.string().exactOptional(),
  rows: RunRows.exactOptional(),
})
export type ScheduleEventData = z.infer<typeof ScheduleEventData>

export const ScheduleEventType = z.enum([
  'restyle.schedule.ran',
  'restyle.schedule.failed',
  'restyle.schedule.missed',
  'restyle.schedule.skipped',
])
export type ScheduleEventType = z.infer<typeof ScheduleEventType>

/** An event before the ledger writes it. */
export type ScheduleEvent = { type: ScheduleEventType; id: string; subject: string; data: ScheduleEventData }

/** `2026-11-26T21:00:00Z`: how a tick (epoch ms) is written. */
export const isoOfTick = (tick: number): string => new Date(tick).toISOString().replace('.000Z', 'Z')

/** What is told of a run; undefined while it is not known yet what becomes of it, and where a person has paused it. */
export function eventOfRun(producer: string, schedule: string, run: ScheduleRun): ScheduleEvent | undefined {
  const type = typeOf(run)
  if (type === undefined) return undefined
  const { id, tick, ticks, reason, detail, batch, rows } = run
  const data: ScheduleEventData = {
    schedule,
    tick: isoOfTick(tick),
    ...(ticks === undefined ? {} : { ticks }),
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail }),
    ...(batch === undefined ? {} : { batch }),
    ...(rows === undefined ? {} : { rows }),
  }
  const nth = ticks === undefined ? '' : `-${ticks}`
  return {
    type,
    id: `${producer}-${schedule}-${id}-${type.split('.').at(-1)}${nth}`,
    subject: schedule,
    data,
  }
}

function typeOf({ outcome, reason }: ScheduleRun): ScheduleEventType | undefined {
  switch (outcome) {
    case 'queued':
    case 'planning':
      return undefined
    case 'ran':
      return 'restyle.schedule.ran'
    case 'failed':
      return 'restyle.schedule.failed'
    case 'skipped':
      if (reason === 'paused') return undefined
      return reason === 'missed' ? 'restyle.schedule.missed' : 'restyle.schedule.skipped'
  }
}
