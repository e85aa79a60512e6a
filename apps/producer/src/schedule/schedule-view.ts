import { limits } from '@restyle/shared/contract/limits'
import { isoOfTick } from '@restyle/shared/contract/schedule-event'
import {
  type LiveRun,
  RunRows,
  type Schedule,
  type ScheduleRun,
  ScheduleSpec,
  SkipReason,
} from '@restyle/shared/contract/schedule'
import { z } from 'zod'
import { faultOfCron, ticksAfter } from './cron.ts'

const time = z.iso.datetime()

/** What became of a tick, as its producer sees it. */
export const RunView = z
  .object({
    id: z.string(),
    tick: time.describe('When it was due; of ticks that were skipped one after the other the last'),
    asked: z.literal(true).optional().describe('Somebody asked for it: it is no tick of the schedule'),
    outcome: z
      .enum(['queued', 'planning', 'ran', 'failed', 'skipped'])
      .describe(
        '`queued`: it waits for the run before it. `planning`: its catalog is read. `ran`: its batch was enqueued, or nothing had changed. `failed`: its catalog could not be run; the next tick tries again.',
      ),
    reason: SkipReason.optional().describe(
      'Of one that was skipped. `missed`: nobody was there. `overlap`: the run before it goes on. `queue-full`: another waits already. `paused`, `edited`: by a person.',
    ),
    detail: z.string().optional().describe('Why it failed, or what was left out of its catalog'),
    ticks: z.int().optional().describe('It stands for so many ticks that were skipped one after the other'),
    batch: z.string().optional(),
    rows: RunRows.optional(),
    decidedAt: time,
    endedAt: time.optional().describe('When it was planned, or had failed'),
  })
  .meta({
    id: 'ScheduleRun',
    examples: [
      {
        id: '2026-11-26T21:00:00Z',
        tick: '2026-11-26T21:00:00Z',
        outcome: 'ran',
        batch: 'batch_7h3d5f9k1m2n4p6q8r0s2t4v6w',
        rows: { new: 5, changed: 37, failed: 3, unchanged: 9_955 },
        decidedAt: '2026-11-26T21:00:00.412Z',
        endedAt: '2026-11-26T21:00:09.120Z',
      },
    ],
  })
type RunView = z.infer<typeof RunView>

/** What a field says alone is checked together with its form, so that one fault does not hide the other. */
export const ScheduleBody = ScheduleSpec.extend({
  cron: ScheduleSpec.shape.cron.superRefine((cron, context) => {
    const message = cron.length > limits.cron ? undefined : faultOfCron(cron)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  }),
  prompt: ScheduleSpec.shape.prompt.refine((prompt) => prompt?.trim() !== '', { error: 'is empty' }),
}).meta({
  id: 'ScheduleRequest',
  examples: [
    {
      cron: '0 22 * * *',
      timeZone: 'Europe/Paris',
      manifest: 's3://photos/catalog.csv',
      prompt: 'the {{title}} on a light oak table',
    },
  ],
})

/** A schedule as its producer sees it. */
export const ScheduleView = z
  .object({
    name: z.string(),
    ...ScheduleSpec.shape,
    createdAt: time,
    pausedAt: time.optional().describe('No tick runs until it is resumed'),
    nextTicks: z.array(time).describe('The next five; while it is paused they are skipped'),
    running: z.array(z.object({ id: z.string(), tick: time, batch: z.string() })),
    queued: time.optional().describe('The tick that waits for a run to end'),
    counts: z
      .object({ due: z.int(), started: z.int(), queued: z.int(), skipped: z.int() })
      .describe('Of all ticks that were due: `started`, `queued` and `skipped` add up to `due`'),
    skipsInRow: z.int().describe('Ticks that were skipped one after the other for a run before them'),
  })
  .meta({
    id: 'Schedule',
    examples: [
      {
        name: 'nightly',
        cron: '0 22 * * *',
        timeZone: 'Europe/Paris',
        manifest: 's3://photos/catalog.csv',
        prompt: 'the {{title}} on a light oak table',
        missed: 'run-once',
        overlap: 'skip',
        createdAt: '2026-11-20T09:00:00.000Z',
        nextTicks: ['2026-11-26T21:00:00Z'],
        running: [],
        counts: { due: 6, started: 6, queued: 0, skipped: 0 },
        skipsInRow: 0,
      },
    ],
  })
type ScheduleView = z.infer<typeof ScheduleView>

const mostTicks = 5

/** `now`: epoch ms. */
export function viewOfSchedule(schedule: Schedule, now: number): ScheduleView {
  const { name, spec, createdAt, pausedAt, runs, held, counts, skipsInRow } = schedule
  const nextTicks: string[] = []
  for (const tick of ticksAfter(spec, Math.max(now, schedule.last))) {
    nextTicks.push(isoOfTick(tick))
    if (nextTicks.length === mostTicks) break
  }
  return {
    name,
    ...spec,
    createdAt: iso(createdAt),
    ...(pausedAt === undefined ? {} : { pausedAt: iso(pausedAt) }),
    nextTicks,
    running: runs.map(viewOfLive),
    ...(held === undefined ? {} : { queued: isoOfTick(held.tick) }),
    counts: { ...counts, queued: held === undefined ? 0 : 1 },
    skipsInRow,
  }
}

const viewOfLive = ({ id, tick, batch }: LiveRun) => ({ id, tick: isoOfTick(tick), batch })

export const viewOfRun = ({ tick, at, endedAt, ...run }: ScheduleRun): RunView => ({
  ...run,
  tick: isoOfTick(tick),
  decidedAt: iso(at),
  ...(endedAt === undefined ? {} : { endedAt: iso(endedAt) }),
})

const iso = (at: number): string => new Date(at).toISOString()
