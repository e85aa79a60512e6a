import { z } from 'zod'
import { keyNameLength } from './api-key.ts'
import type { Verdict } from './planes.ts'

/*
 * What a person thinks of a result: a fact of its own beside the state of the edit, which it never changes.
 */

/** The words of `Verdict`, for whoever reads one from outside. */
export const VerdictName = z.enum(['approved', 'rejected', 'redo'] satisfies readonly Verdict[])

/** What can be said of a result: one of the verdicts, or null, which takes one back. */
export const VerdictOrNone = VerdictName.nullable()

/** As the ledger keeps it. `by`: the id of the API key; `at`: epoch ms; `operation`: it was given to many rows at once. */
export const KeptVerdict = z.object({
  verdict: VerdictName,
  by: z.string(),
  at: z.number(),
  note: z.string().optional(),
  image: z.number().optional(),
  redo: z.string().optional(),
  operation: z.string().optional(),
})
export type KeptVerdict = z.infer<typeof KeptVerdict>

/** A verdict as its producer sees it. */
export const VerdictView = z.object({
  verdict: VerdictName,
  by: z.string().describe('The id of the API key that gave it'),
  byName: z
    .string()
    .max(keyNameLength)
    .optional()
    .describe('What that key is called. Absent where it has no name, or has ended 30 days ago'),
  at: z.iso.datetime(),
  note: z.string().optional(),
  image: z.int().optional().describe('The `index` of the image that is meant'),
  redo: z
    .string()
    .optional()
    .describe('The redo that is meant: whose images count, or, of the verdict `redo`, which was ordered'),
  operation: z.string().optional().describe('The operation that gave it to many rows at once'),
})
export type VerdictView = z.infer<typeof VerdictView>

export const viewOfVerdict = ({ at, ...kept }: KeptVerdict): VerdictView => ({
  ...kept,
  at: new Date(at).toISOString(),
})

/**
 * All verdicts of a batch: a byte for each row (`verdictByte`, or `\0`), two bytes each that name an operation, and their details.
 * `retries`: of the batch by then.
 */
export type BatchVerdicts = { bytes: Buffer; marks: Buffer; details: Record<string, string>; retries: number }

/** How many rows of a batch have each verdict, by their newest edits. */
export const VerdictCounts = z.object({ approved: z.int(), rejected: z.int(), redo: z.int() })
export type VerdictCounts = z.infer<typeof VerdictCounts>

const told = {
  verdict: VerdictOrNone.describe('null: the verdict was taken back'),
  by: z.string(),
  at: z.iso.datetime(),
}

/** A person has judged one edit. */
export const EditReviewed = z.object({
  edit: z.string(),
  batch: z.string().optional(),
  row: z.int().optional(),
  key: z.string(),
  ...told,
  note: z.string().optional(),
  image: z.int().optional(),
  redo: z.string().optional().describe('The redo of this edit that is meant'),
})
export type EditReviewed = z.infer<typeof EditReviewed>

/**
 * A person has judged many rows at once, counted from 0: `rows` of those from `firstRow` to `lastRow`. `undone`: each of them
 * has the verdict again that it had before.
 */
export const RowsReviewed = z.object({
  batch: z.string(),
  operation: z.string(),
  firstRow: z.int(),
  lastRow: z.int(),
  rows: z.int(),
  ...told,
  undone: z.literal(true).optional(),
})
export type RowsReviewed = z.infer<typeof RowsReviewed>

/** `running`: rows are judged; `undoing`: they get back what they had. In all others nothing goes on. */
export const OperationState = z.enum(['running', 'done', 'aborted', 'undoing', 'undone'])
export type OperationState = z.infer<typeof OperationState>

const count = z.coerce.number().int().nonnegative().default(0)

/** An operation as the ledger keeps it. Times in epoch ms. */
export const Operation = z.object({
  id: z.string(),
  producer: z.string(),
  batch: z.string(),
  verdict: VerdictName.optional(),
  by: z.string(),
  bodyHash: z.string(),
  state: OperationState,
  createdAt: z.coerce.number(),
  endedAt: z.coerce.number().optional(),
  /** Rows that it is to judge. */
  matched: count,
  /** Rows that were named and have no images. */
  skipped: count,
  /** Rows that it has judged, and those that somebody judged, or did again, in between. */
  done: count,
  left: count,
  /** Rows that have their former verdicts again. */
  restored: count,
})
export type Operation = z.infer<typeof Operation>

/** An operation as its producer sees it. */
export const OperationView = z.object({
  id: z.string(),
  batch: z.string(),
  state: OperationState.describe(
    '`running` and `undoing` go on; the others have ended. Of one that was aborted the rows that were judged stay so',
  ),
  verdict: VerdictOrNone,
  by: z.string().describe('The id of the API key that ordered it'),
  matched: z.int().describe('Rows that it judges: they fit, and have images'),
  skipped: z.int().describe('Rows that were named, and have no images to judge'),
  done: z.int().describe('Rows that it has judged so far'),
  left: z
    .int()
    .describe('Rows that it left alone: they were judged, or done again, between the order and their turn'),
  restored: z.int().optional().describe('Rows that have their former verdicts again, once it is undone'),
  changedSince: z
    .int()
    .optional()
    .describe('Rows that were judged, or done again, since: they stay as they are, once it is undone'),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
})
export type OperationView = z.infer<typeof OperationView>

export function viewOfOperation(operation: Operation): OperationView {
  const { id, batch, state, verdict = null, by, matched, skipped, done, left, restored } = operation
  const { createdAt, endedAt } = operation
  const isUndo = state === 'undoing' || state === 'undone'
  return {
    id,
    batch,
    state,
    verdict,
    by,
    matched,
    skipped,
    done,
    left,
    ...(isUndo ? { restored } : {}),
    ...(state === 'undone' ? { changedSince: done - restored } : {}),
    createdAt: new Date(createdAt).toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
  }
}

/** Both events as the scripts write them: `at` in epoch ms. */
export function toldOfReview(
  type: 'restyle.edit.reviewed' | 'restyle.rows.reviewed',
  data: unknown,
): EditReviewed | RowsReviewed {
  const { at, ...fields } = z.looseObject({ at: z.number() }).parse(data)
  const told = { ...fields, at: new Date(at).toISOString() }
  return type === 'restyle.edit.reviewed' ? EditReviewed.parse(told) : RowsReviewed.parse(told)
}
