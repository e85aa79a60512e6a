import { z } from 'zod'
import { BatchFiles, FilesText } from './batch-files.ts'
import { EditState } from './edit-state.ts'
import { ForecastView } from './forecast.ts'
import { jsonOf } from './json-of.ts'
import { Budget, Currency } from './money.ts'
import { StopsText, stopsOf, StopView, viewOfStop } from './stop.ts'
import { WaitsFor } from './waits-for.ts'
import { VerdictCounts } from './verdict.ts'
import { KeptWindow, RunOf } from './window.ts'

const count = z.coerce.number().int().nonnegative().default(0)

/** A batch as the ledger holds it: the counts of its rows by state, and its money in micro-currency. */
export const Batch = z.object({
  id: z.string(),
  producer: z.string(),
  name: z.string().default(''),
  /** How many rows it has; absent while more may come. */
  total: z.coerce.number().int().nonnegative().optional(),
  /** How many of its rows were taken; absent where no row was, or an older version took them, which took all. */
  accepted: z.coerce.number().int().nonnegative().optional(),
  /** Its rows go when it is closed. */
  held: z.literal('true').optional(),
  /** How many of those rest in the bucket. */
  resting: count,
  /** How often failed rows of it were retried. */
  retries: count,
  /** Grows whenever a byte of its planes changes. */
  mapVersion: count,
  /** The codes with which rows of it failed, in the order of the first of each. */
  codes: jsonOf(z.array(z.string())).optional(),
  bodyHash: z.string(),
  /** Hours of each day in which its rows are submitted. */
  window: jsonOf(KeptWindow).optional(),
  /** The schedule that it is a run of. */
  schedule: jsonOf(RunOf).optional(),
  catalog: z.string().optional(),
  rowsDigest: z.string().optional(),
  /** 1 to 9; 9 goes first. */
  priority: z.coerce.number().int().default(5),
  createdAt: count,
  completedAt: z.coerce.number().optional(),
  /** Since when a person has paused it. */
  pausedAt: z.coerce.number().optional(),
  finishBy: z.coerce.number().optional(),
  /** All other reasons for which it stands still. */
  stops: StopsText.optional(),
  canceledAt: z.coerce.number().optional(),
  /** How often it has ended; more than once where rows were retried, or an edit was opened again. */
  ends: count,
  /** What is in the bucket of it, once it has ended. */
  files: FilesText.optional(),
  /** CNY. */
  reserved: count,
  billed: count,
  'reserved.USD': count,
  'billed.USD': count,
  images: count,
  /** How many of its rows have each verdict. */
  approved: count,
  rejected: count,
  redo: count,
  /** What it may cost, and how often that was changed. */
  budget: jsonOf(Budget).optional(),
  budgets: count,
  ...(Object.fromEntries(EditState.options.map((state) => [state, count])) as Record<
    EditState,
    typeof count
  >),
})
export type Batch = z.infer<typeof Batch>

/** How many rows of a batch there are by now. */
export const rowsOfBatch = ({ accepted, total }: Pick<Batch, 'accepted' | 'total'>): number =>
  accepted ?? total ?? 0

const Cost = z.object({ currency: z.string(), micros: z.int(), reservedMicros: z.int() })

/** What it cost in each currency, those with nothing left out but for the first. */
function costsOf(batch: Batch): [z.infer<typeof Cost>, ...z.infer<typeof Cost>[]] {
  const costs = Currency.options.map((currency) => ({ currency, ...amountsOf(batch, currency) }))
  const [first, ...others] = costs.filter(({ micros, reservedMicros }) => micros + reservedMicros > 0)
  return [first ?? { currency: batch.budget?.currency ?? 'CNY', micros: 0, reservedMicros: 0 }, ...others]
}

const amountsOf = (batch: Batch, currency: Currency): { micros: number; reservedMicros: number } => ({
  micros: currency === 'CNY' ? batch.billed : batch['billed.USD'],
  reservedMicros: currency === 'CNY' ? batch.reserved : batch['reserved.USD'],
})

function budgetOf(batch: Batch) {
  const { budget } = batch
  if (budget === undefined) return {}
  const { micros, reservedMicros } = amountsOf(batch, budget.currency)
  return { budget: { ...budget, freeMicros: budget.micros - micros - reservedMicros } }
}

/** A batch as its producer sees it. */
export const BatchView = z.object({
  id: z.string(),
  name: z.string().optional(),
  catalog: z.string().optional().describe('Which catalog its rows come from'),
  total: z.int().describe('How many rows it has; an open batch gets more'),
  open: z
    .literal(true)
    .optional()
    .describe('It takes more rows: the next one is `total` + 1, and it cannot end before it is closed'),
  held: z.literal(true).optional().describe('Work on its rows begins when it is closed'),
  rowsDigest: z.string().optional().describe('As an open batch was opened with it'),
  priority: z.int(),
  window: KeptWindow.optional().describe('Hours of each day in which its rows are submitted'),
  schedule: RunOf.optional().describe('The schedule that it is a run of, and the tick'),
  /** How many edits are in each state. */
  counts: z.record(EditState, z.int()),
  codes: z
    .array(z.string())
    .optional()
    .describe(
      'Codes with which rows of it have failed, in the order in which they came; the bytes of `GET /v1/batches/{id}/map` are places in it. After 254 the last one is `other`',
    ),
  images: z.int(),
  verdicts: VerdictCounts.optional().describe('How many of its rows have each verdict, once one has'),
  cost: Cost,
  otherCosts: z
    .array(Cost)
    .optional()
    .describe('What it cost in other currencies, where its lanes bill in several: they are not added up'),
  budget: Budget.extend({
    freeMicros: z
      .int()
      .describe('What is neither billed nor reserved; below 0 where a bill was above what was reserved'),
  })
    .optional()
    .describe('What it may cost; it stops for `budget` where the next edit does not fit'),
  createdAt: z.iso.datetime(),
  completedAt: z.iso.datetime().optional(),
  pausedAt: z.iso
    .datetime()
    .optional()
    .describe('A person has paused it: none of its rows goes until it is resumed'),
  stops: z
    .array(StopView)
    .optional()
    .describe('Why none of its rows goes, where that is so; it goes on when the last of these has ended'),
  canceledAt: z.iso
    .datetime()
    .optional()
    .describe('Its rows that had not been admitted by then end as canceled; the others go on'),
  files: BatchFiles.optional().describe(
    'Results and report in the bucket, once it has ended: `GET /v1/batches/{id}/files` has signed addresses of them',
  ),
  finishBy: z.iso.datetime().optional().describe('By when it should be done'),
  forecast: ForecastView.optional().describe('When it ends, while it goes on: only where one batch is read'),
  waitsFor: WaitsFor.optional().describe(
    'Why nothing of it is on its way, where that is so: only where one batch is read',
  ),
  firstExpiry: z.iso
    .datetime()
    .optional()
    .describe(
      'When the first address of its images at DashScope ends that are not in the bucket yet: only where one batch is read, and where it is among the thousand that end first of all',
    ),
})
export type BatchView = z.infer<typeof BatchView>

export function viewOfBatch(batch: Batch): BatchView {
  const counts = Object.fromEntries(EditState.options.map((state) => [state, batch[state]]))
  // a row that rests is queued to everybody else
  counts['queued'] = batch.queued + batch.resting
  const stops = stopsOf(batch.pausedAt, batch.stops)
  const [cost, ...otherCosts] = costsOf(batch)
  return {
    id: batch.id,
    ...(batch.name === '' ? {} : { name: batch.name }),
    ...(batch.catalog === undefined ? {} : { catalog: batch.catalog }),
    total: batch.total ?? rowsOfBatch(batch),
    ...(batch.total === undefined ? { open: true as const } : {}),
    ...(batch.total === undefined && batch.rowsDigest !== undefined ? { rowsDigest: batch.rowsDigest } : {}),
    ...(batch.total === undefined && batch.held !== undefined ? { held: true as const } : {}),
    priority: batch.priority,
    ...(batch.window === undefined ? {} : { window: batch.window }),
    ...(batch.schedule === undefined ? {} : { schedule: batch.schedule }),
    counts: counts as Record<EditState, number>,
    ...(batch.codes === undefined ? {} : { codes: batch.codes }),
    images: batch.images,
    ...verdictsOf(batch),
    cost,
    ...(otherCosts.length === 0 ? {} : { otherCosts }),
    ...budgetOf(batch),
    createdAt: new Date(batch.createdAt).toISOString(),
    ...timeOf('completedAt', batch.completedAt),
    ...timeOf('pausedAt', batch.pausedAt),
    ...(stops.length === 0 ? {} : { stops: stops.map(viewOfStop) }),
    ...timeOf('canceledAt', batch.canceledAt),
    ...(batch.files === undefined ? {} : { files: batch.files }),
    ...timeOf('finishBy', batch.finishBy),
  }
}

/** Whether any of its rows has a verdict. */
export const wasJudged = ({
  approved,
  rejected,
  redo,
}: Pick<Batch, 'approved' | 'rejected' | 'redo'>): boolean => approved + rejected + redo > 0

const verdictsOf = ({ approved, rejected, redo }: Batch) =>
  wasJudged({ approved, rejected, redo }) ? { verdicts: { approved, rejected, redo } } : {}

const timeOf = (name: 'completedAt' | 'pausedAt' | 'canceledAt' | 'finishBy', at: number | undefined) =>
  at === undefined ? {} : { [name]: new Date(at).toISOString() }
