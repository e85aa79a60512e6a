import { z } from 'zod'
import { Asked, askedOf } from './asked.ts'
import { AcceptedRequest } from './edit-request.ts'
import { EditState } from './edit-state.ts'
import { failureCodes } from './failure-codes.ts'
import { jsonOf } from './json-of.ts'
import { Currency } from './money.ts'
import { KeptVerdict, VerdictView, viewOfVerdict } from './verdict.ts'

const count = z.coerce.number().int().nonnegative()
/** Our own codes, as a sentence of the OpenAPI document. */
const codesText = `One of ours, or DashScope's. Ours: ${Object.entries(failureCodes)
  .map(([code, { meaning, todo }]) => `\`${code}\`: ${meaning}. ${todo}`)
  .join(' ')}`

/** What went wrong, in the vendor's code or ours, with a sentence for a person. */
export const Failure = z
  .object({ code: z.string().describe(codesText), message: z.string() })
  .meta({ id: 'Failure', examples: [{ code: 'SourceMissing', message: 's3://photos/a.jpg does not exist' }] })
export type Failure = z.infer<typeof Failure>

/**
 * What a submit was admitted under: the vendor's address, account and workspace, and the bucket and the way in which its
 * receipt was created once. What is found, or not found, in another world proves nothing of it.
 */
export const World = z.object({
  baseUrl: z.string(),
  account: z.string(),
  workspace: z.string().exactOptional(),
  /** The server and the name of the bucket. */
  bucket: z.string(),
  /** `S3_CREATE_ONCE`. */
  createOnce: z.string(),
})
export type World = z.infer<typeof World>

/**
 * The vendor's words about a submit without a known outcome. `cause` is how it came, such as `5xx` or `reset`; `lane`
 * says that many edits got the same words in a row, so that they are no fault of this one.
 */
export const VendorSaid = z.object({
  cause: z.string(),
  code: z.string().exactOptional(),
  message: z.string().exactOptional(),
  lane: z.literal(true).exactOptional(),
})
export type VendorSaid = z.infer<typeof VendorSaid>

/** Submits that came to nothing since the last task: how often in a row for one reason, and how often in all. */
export const Returned = z.object({ why: z.string(), times: z.int(), inAll: z.int() })
export type Returned = z.infer<typeof Returned>

/**
 * Submits in a row that did not come about although the lane took other edits: how often, over how long (ms), and when
 * the last one was (epoch ms).
 */
export const TurnedAway = z.object({
  times: z.int(),
  overMs: z.number(),
  lastAt: z.number(),
  alarmed: z.literal(true).exactOptional(),
})
export type TurnedAway = z.infer<typeof TurnedAway>

/** Looks in a row at an uncertain submit that told nothing, for one reason; `since` in epoch ms. */
export const Looks = z.object({
  why: z.string(),
  times: z.int(),
  since: z.number(),
  alarmed: z.literal(true).exactOptional(),
})
export type Looks = z.infer<typeof Looks>

/**
 * What the vendor told of a task that may be the edit's when it was looked up. `echo`: how its prompt compares with the edit's;
 * `none`: it shows none. `prompt` only where it is `near`. `submittedAt`: epoch ms on the vendor's clock.
 */
export const FoundTask = z.object({
  taskId: z.string(),
  state: z.string(),
  images: z.int(),
  submittedAt: z.number().exactOptional(),
  echo: z.enum(['same', 'near', 'none']),
  prompt: z.string().exactOptional(),
})
export type FoundTask = z.infer<typeof FoundTask>

/** Refusals of one code in a row, the first of them at `since` (epoch ms). */
export const RefusedQueries = z.object({ code: z.string(), count: z.number(), since: z.number() })
export type RefusedQueries = z.infer<typeof RefusedQueries>

/** A source whose store refuses it or is away: how often it refused, how often it was tried, and since when (epoch ms). */
export const SourceTrouble = z.object({ refusals: z.number(), tries: z.number(), since: z.number() })
export type SourceTrouble = z.infer<typeof SourceTrouble>

/** An image in the bucket. */
export const StoredImage = z.object({
  key: z.string(),
  sha256: z.string(),
  bytes: z.number(),
  width: z.number(),
  height: z.number(),
  contentType: z.string(),
  thumbhash: z
    .string()
    .exactOptional()
    .describe('About 24 bytes in base64 that a stand-in for the image can be drawn from: see ThumbHash'),
})
export type StoredImage = z.infer<typeof StoredImage>

/**
 * One of the n images: rendered at `url` until `expiresAt` (epoch ms), then stored, or failed on its own; in between it may
 * lie on the disk of the machine `spilledTo`.
 */
export const Image = z.object({
  index: z.number(),
  url: z.string().optional(),
  expiresAt: z.number().optional(),
  spilledTo: z.string().optional(),
  /** A person gives it up: it is tried once more, looked for in the bucket, and then let go. */
  givenUp: z.literal(true).optional(),
  stored: StoredImage.optional(),
  failure: Failure.optional(),
})
export type Image = z.infer<typeof Image>

/**
 * An edit as the ledger holds it: the fields of one Redis hash. Times are epoch milliseconds on Redis's clock,
 * money is integers of micro-currency (1 CNY = 1,000,000).
 */
export const Edit = z.object({
  id: z.string(),
  producer: z.string(),
  /** Empty for an edit that came alone. */
  batch: z.string().default(''),
  row: count.default(0),
  /** The how manieth edit of its row it is, from 2 on; absent for the first. */
  take: count.optional(),
  /** The edit whose picture it makes once more. */
  redoOf: z.string().optional(),
  key: z.string(),
  state: EditState,
  /** Grows with every write; whoever holds an older one loses the comparison and changes nothing. */
  version: count,
  request: jsonOf(AcceptedRequest),
  bodyHash: z.string(),
  createdAt: count,
  updatedAt: count,
  /** How many times a POST was intended. Numbers the receipts. */
  attempt: count.default(0),
  /** Tasks that ended without an image and were worth another. */
  tries: count.default(0),
  /** What the lane is that admitted it, whatever it is called (lane-id.ts). */
  lane: z.string().optional(),
  fingerprint: z.string().optional(),
  /** Absent where an older version admitted it. */
  world: jsonOf(World).optional(),
  /** The intent is a lease: after `leaseUntil` nobody may start its POST. */
  intentAt: count.optional(),
  leaseUntil: count.optional(),
  /** Why the outcome of the last submit is not known. */
  uncertainBecause: z.string().optional(),
  /** While it is uncertain: what the vendor said to its submit, and how looking went. */
  said: jsonOf(VendorSaid).optional(),
  looks: jsonOf(Looks).optional(),
  /** Since when a person holds it back while it is queued. */
  pausedAt: count.optional(),
  /** When it was canceled after its admission: it is not submitted again. */
  cancelAsked: count.optional(),
  returned: jsonOf(Returned).optional(),
  turnedAway: jsonOf(TurnedAway).optional(),
  /** In `review`: the tasks that could be this edit's, kept from all others. */
  candidates: jsonOf(z.array(z.string())).optional(),
  /** What was told of them, of the first ones. */
  foundTasks: jsonOf(z.array(FoundTask)).optional(),
  /** While `queued`: why its sources could not be read yet. */
  sourceTrouble: jsonOf(SourceTrouble).optional(),
  taskId: z.string().optional(),
  submittedAt: count.optional(),
  /** While `running`: since when the task is known to have succeeded without showing a paid image. */
  unseenSince: count.optional(),
  /** Tasks that failed for a fault of the account: each paused the lane, and none was the edit's own fault. */
  pausedTasks: count.optional(),
  /** While `running`: queries in a row that the vendor refused for the edit's own input. */
  refusedQueries: jsonOf(RefusedQueries).optional(),
  /** When its images came. */
  renderedAt: count.optional(),
  images: jsonOf(z.array(Image)).optional(),
  failure: jsonOf(Failure).optional(),
  /** The last of its states that its producer was told of. */
  told: EditState.optional(),
  /** In what its lane bills; absent for CNY. */
  currency: Currency.optional(),
  /** It came back from its receipts: what it is billed may have been counted before. */
  putBack: z.literal('1').optional(),
  /** The day of its producer, `2026-10-25`, on which it was admitted: its money counts for it. */
  day: z.string().optional(),
  /** What a person thinks of it. Of a row the ledger keeps it beside the edit: see ledger/verdicts.ts. */
  verdict: jsonOf(KeptVerdict).optional(),
  reserved: count.default(0),
  billed: count.default(0),
  traceparent: z.string().optional(),
})
export type Edit = z.infer<typeof Edit>

/** An edit as its producer sees it. */
export const EditView = z.object({
  id: z.string(),
  batch: z.string().optional(),
  row: z.int().optional(),
  take: z.int().optional().describe('The how manieth edit of its row it is, from 2 on: its row was retried'),
  redoOf: z
    .string()
    .optional()
    .describe('The edit whose picture it makes once more: of a row of a batch the edit of that row'),
  key: z.string(),
  state: EditState,
  model: z.string(),
  prompt: z.string(),
  request: Asked.describe('The rest of what was asked for'),
  taskId: z.string().optional(),
  images: z.array(z.object({ index: z.int(), failure: Failure.optional(), ...StoredImage.partial().shape })),
  failure: Failure.optional(),
  cost: z.object({ currency: z.string(), micros: z.int() }),
  metadata: z.record(z.string(), z.string()).optional(),
  pausedAt: z.iso.datetime().optional().describe('It is queued, and goes only when it is resumed'),
  cancelAskedAt: z.iso
    .datetime()
    .optional()
    .describe(
      'It was canceled after its submit had begun. A task that runs goes on: its images are paid for and stored',
    ),
  verdict: VerdictView.optional().describe('What a person thinks of it, where one has said so'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type EditView = z.infer<typeof EditView>

/** The fields that a view is made of; an event keeps these of its edit. */
export const shownFields = [
  'id',
  'batch',
  'row',
  'take',
  'redoOf',
  'key',
  'state',
  'request',
  'taskId',
  'images',
  'failure',
  'billed',
  'currency',
  'pausedAt',
  'cancelAsked',
  'createdAt',
  'updatedAt',
] as const

/** Signed addresses and leases stay inside; a producer sees what it asked for and what it got. */
export function viewOf(
  edit: Pick<Edit, (typeof shownFields)[number]> & Partial<Pick<Edit, 'verdict'>>,
): EditView {
  return {
    id: edit.id,
    ...(edit.batch === '' ? {} : { batch: edit.batch, row: edit.row }),
    ...(edit.take === undefined ? {} : { take: edit.take }),
    ...(edit.redoOf === undefined ? {} : { redoOf: edit.redoOf }),
    key: edit.key,
    state: edit.state,
    model: edit.request.model,
    prompt: edit.request.prompt,
    request: askedOf(edit.request),
    ...(edit.taskId === undefined ? {} : { taskId: edit.taskId }),
    images: (edit.images ?? []).map(({ index, stored, failure }) => ({
      index,
      ...stored,
      ...(failure === undefined ? {} : { failure }),
    })),
    ...(edit.failure === undefined ? {} : { failure: edit.failure }),
    cost: { currency: edit.currency ?? 'CNY', micros: edit.billed },
    ...(edit.request.metadata === undefined ? {} : { metadata: edit.request.metadata }),
    ...(edit.pausedAt === undefined ? {} : { pausedAt: new Date(edit.pausedAt).toISOString() }),
    ...(edit.cancelAsked === undefined ? {} : { cancelAskedAt: new Date(edit.cancelAsked).toISOString() }),
    ...(edit.verdict === undefined ? {} : { verdict: viewOfVerdict(edit.verdict) }),
    createdAt: new Date(edit.createdAt).toISOString(),
    updatedAt: new Date(edit.updatedAt).toISOString(),
  }
}
