import { z } from 'zod'
import { AcceptedRequest } from './edit-request.ts'
import { Budget } from './money.ts'
import { Priority } from './priority.ts'
import { KeptWindow, RunOf } from './window.ts'

/** A new edit, before the ledger gave it a state and a version. */
export const NewEdit = z.object({
  id: z.string(),
  producer: z.string(),
  /** Empty for an edit that came alone. */
  batch: z.string(),
  row: z.int(),
  key: z.string(),
  request: AcceptedRequest,
  /** Of an edit that came alone; those of a batch have the batch's. */
  priority: Priority.exactOptional(),
  /** Digest of what was asked: the same id with another body is a conflict. */
  bodyHash: z.string(),
  traceparent: z.string().exactOptional(),
  /** The how manieth edit of its row it is, from 2 on; absent for the first. */
  take: z.int().exactOptional(),
  /** The edit whose picture it makes once more; it came alone. */
  redoOf: z.string().exactOptional(),
})
export type NewEdit = z.infer<typeof NewEdit>

/** A new batch; `name` is empty for a batch without one. */
export const NewBatch = z.object({
  id: z.string(),
  producer: z.string(),
  name: z.string(),
  /** How many rows it has, where that is known when it is opened. */
  total: z.int().exactOptional(),
  /** Its rows go when it is closed, and not as they come. */
  held: z.literal(true).exactOptional(),
  priority: Priority.exactOptional(),
  /** Hours of each day in which its rows are submitted. */
  window: KeptWindow.exactOptional(),
  /** The schedule that it is a run of, and the tick. */
  schedule: RunOf.exactOptional(),
  /** What it may cost, as it was opened. */
  budget: Budget.exactOptional(),
  /** Which catalog its rows come from. */
  catalog: z.string().exactOptional(),
  /** What stands for all of its rows, in a form of the caller's. */
  rowsDigest: z.string().exactOptional(),
  /** By when it should be done (epoch ms). */
  finishBy: z.int().exactOptional(),
  /** Digest of what was asked: the same id with another body is a conflict. */
  bodyHash: z.string(),
  /** When it was opened (epoch ms), where that was before. */
  createdAt: z.int().exactOptional(),
})
export type NewBatch = z.infer<typeof NewBatch>
