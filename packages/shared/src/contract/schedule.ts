import { z } from 'zod'
import { EditClass } from './edit-request.ts'
import { limits } from './limits.ts'
import { Budget } from './money.ts'
import { Priority } from './priority.ts'
import { text } from './text.ts'
import { ClockTime, TimeZone, Window } from './window.ts'

/** Names a schedule among those of its producer, its catalog, and a folder of receipts. */
export const ScheduleName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/, {
  error: 'must be 1 to 60 of a-z, 0-9 and -, with a letter or digit at both ends',
})

/** What becomes of ticks that nobody was there for. */
export const MissedPolicy = z.enum(['run-once', 'skip'])
/** What becomes of a tick while an earlier run goes on. */
export const OverlapPolicy = z.enum(['skip', 'queue', 'beside'])

/** What a schedule does, and when. Whether the cron expression is one, its reader says. */
export const ScheduleSpec = z.strictObject({
  cron: text(limits.cron).describe(
    'Minute, hour, day of the month, month and day of the week, as in crontab(5). Where the hour is `*`, a tick comes in each hour that passes; else once for each time on the wall: the first where it is shown twice, and as long after the change of the clocks where it is not shown.',
  ),
  timeZone: TimeZone,
  manifest: text(limits.address)
    .regex(/^(s3:\/\/[^/]+\/|https:\/\/.)/, {
      error: 'must be s3://bucket/key, s3://bucket/folder/ or an https:// address of a catalog',
    })
    .describe(
      'The catalog, read anew for each run. A key without the ending of a catalog is a folder of pictures, or with `*` behind all that begins like that.',
    ),
  prompt: text(limits.prompt, { lines: true })
    .optional()
    .describe('`{{column}}` is filled from each row; without it the column `prompt` is read'),
  model: text(limits.model).optional(),
  n: z.int().optional(),
  size: text(limits.size).optional(),
  negativePrompt: text(limits.prompt, { lines: true }).optional(),
  seed: z.int().optional(),
  promptExtend: z.boolean().optional(),
  watermark: z.boolean().optional(),
  class: EditClass.optional(),
  priority: Priority.optional(),
  imageColumn: text(limits.columnName).optional().describe('Default `image`'),
  keyColumn: text(limits.prompt)
    .optional()
    .describe('Default `sku`, `key` or `id`; several as `{{name}}-{{name}}`'),
  headerRow: z.int().min(1).max(1_000_000).optional().describe('The row with the names of the columns'),
  sheet: text(limits.columnName).optional().describe('The sheet of a workbook'),
  inheritBy: text(limits.columnName)
    .optional()
    .describe('Blank cells are filled from the first row with the same text in this column'),
  skipEmpty: z.literal(true).optional().describe('Rows without a picture are left out'),
  skipFaulty: z
    .literal(true)
    .optional()
    .describe('Faulty rows are left out; without it one of them is enough to fail a run'),
  all: z.literal(true).optional().describe('Each run makes all rows, not only what has changed'),
  pictures: text(limits.address)
    .regex(/^(s3:\/\/[^/]+\/|https:\/\/[^/]+\/)(.*\/)?$/, {
      error: 'must be a folder: s3://bucket/folder/ or https://host/folder/, with a slash at its end',
    })
    .optional()
    .describe('Where relative pictures begin; without it beside the catalog'),
  ownColumns: z
    .array(text(limits.columnName))
    .max(limits.columns)
    .optional()
    .describe('Columns that are no field of an edit, although they are called like one'),
  missed: MissedPolicy.default('run-once').describe(
    'What becomes of ticks that nobody was there for: one run for all of them, or none',
  ),
  overlap: OverlapPolicy.default('skip').describe(
    'What becomes of a tick while an earlier run goes on: it is skipped, one waits, or it runs beside it',
  ),
  window: Window.optional(),
  budget: Budget.optional().describe('What each run may cost; where the next edit does not fit it stops'),
  finishBy: ClockTime.optional().describe(
    'By when a run should be done: the first such time after its tick, on the clocks of `timeZone`',
  ),
})
export type ScheduleSpec = z.infer<typeof ScheduleSpec>

/** Why a tick was not run. */
export const SkipReason = z.enum(['missed', 'paused', 'edited', 'overlap', 'queue-full'])
export type SkipReason = z.infer<typeof SkipReason>

/** How many rows of its catalog a run found new, changed, failed before and unchanged; the first three are its rows. */
export const RunRows = z.object({
  new: z.int(),
  changed: z.int(),
  failed: z.int(),
  unchanged: z.int(),
  earlier: z
    .int()
    .exactOptional()
    .describe('Rows that it had enqueued already when a process that planned it was cut off'),
  again: z.int().exactOptional().describe('Rows that it made although they were unchanged: it makes all'),
  faulty: z
    .int()
    .exactOptional()
    .describe('Rows that were left out for their faults; `detail` has the first'),
})
export type RunRows = z.infer<typeof RunRows>

/**
 * What became of a tick. `id`: its time in UTC, or that of a request to run now. `ticks`: it stands for so many that were
 * skipped one after the other, the last of them at `tick`. Times in epoch ms.
 */
export const ScheduleRun = z.object({
  id: z.string(),
  tick: z.number(),
  /** Somebody asked for it: it is no tick of the schedule's. */
  asked: z.literal(true).exactOptional(),
  outcome: z.enum(['queued', 'planning', 'ran', 'failed', 'skipped']),
  reason: SkipReason.exactOptional(),
  detail: z.string().exactOptional(),
  ticks: z.int().exactOptional(),
  batch: z.string().exactOptional(),
  rows: RunRows.exactOptional(),
  at: z.number(),
  endedAt: z.number().exactOptional(),
})
export type ScheduleRun = z.infer<typeof ScheduleRun>

/** A run that goes on: it is planned by one process at a time, then its batch goes. */
export const LiveRun = z.object({
  id: z.string(),
  tick: z.number(),
  asked: z.literal(true).exactOptional(),
  batch: z.string(),
  stage: z.enum(['planning', 'going']),
  /** When it was begun (epoch ms). */
  at: z.number(),
  /** Who plans it, and until when (epoch ms) no other does. */
  planner: z.string().exactOptional(),
  until: z.number().exactOptional(),
  /** How many of its rows had ended when that was last looked at, and since when (epoch ms) it is so. */
  ended: z.int(),
  endedAt: z.number(),
})
export type LiveRun = z.infer<typeof LiveRun>

/** A schedule as the ledger holds it. Times in epoch ms. */
export const Schedule = z.object({
  producer: z.string(),
  name: z.string(),
  spec: ScheduleSpec,
  /** How often it was set, paused or resumed; the bucket has each. */
  revision: z.int(),
  createdAt: z.number(),
  /** Ticks up to here were decided, or are of before it was as it is. */
  last: z.number(),
  pausedAt: z.number().exactOptional(),
  runs: z.array(LiveRun),
  /** The one tick that waits for a run to end. */
  held: z
    .object({ id: z.string(), tick: z.number(), asked: z.literal(true).exactOptional() })
    .exactOptional(),
  /** Of all ticks that were due: how many were started and skipped; what is held is neither. */
  counts: z.object({ due: z.int(), started: z.int(), skipped: z.int() }),
  /** How many ticks were skipped for a run before them, one after the other. */
  skipsInRow: z.int(),
  /** The newest entry of the history, where it is one of skipped ticks that goes on with the next. */
  skipping: z.object({ id: z.string(), reason: SkipReason, ticks: z.int(), at: z.number() }).exactOptional(),
})
export type Schedule = z.infer<typeof Schedule>
