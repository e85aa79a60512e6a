import { z } from 'zod'
import { faultOfSpelling } from './address-spelling.ts'
import { limits } from './limits.ts'
import { Priority } from './priority.ts'
import { text } from './text.ts'

/**
 * An address of a source picture:
 * `https://…` or `http://…` (public), `s3://bucket/key` (readable with the workers' credentials),
 * `sha256:<hex>` (bytes uploaded before with `PUT /v1/sources/{sha256}`),
 * or `oss://…` (an upload to DashScope's temporary store, by the account of the lane).
 * A picture that comes in the body as `data:…` is a `sha256:` by the time this is asked.
 */
export const ImageAddress = z
  .string()
  .regex(/^(https?:\/\/|s3:\/\/[^/]+\/.|oss:\/\/[^/]+\/.|sha256:[0-9a-f]{64}$)/, {
    error: ({ input }) => faultOfForm(String(input)),
    abort: true,
  })
  .max(limits.address)
  .superRefine((address, context) => {
    const fault = faultOfSpelling(address)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })

/** What to send instead of what is no address that is read here. Quotes nothing of it: it may be a picture. */
function faultOfForm(address: string): string {
  const digest = 'sha256:<64 hex digits> of an uploaded picture'
  if (/^data:/i.test(address))
    return `is a data: address that is not read here: it must be data:image/<format>;base64,… in the body of an edit or a row; or upload its bytes and send ${digest}`
  return `must be an http(s) URL, s3://bucket/key, oss://… or ${digest}`
}

/** A row's identity within its batch; becomes a part of the object key, so it holds no path of its own. */
export const EditKey = text(limits.key)
  .min(1)
  .regex(/^[^/\\]*$/u, { error: 'must not contain slashes' })
  .refine((key) => key !== '.' && key !== '..', { error: 'must be a name, not a path' })

const Metadata = z
  .record(text(limits.metadataName), text(limits.metadataValue, { lines: true }))
  .superRefine(within({ entries: limits.metadataEntries, bytes: limits.metadataBytes }))
  .meta({ maxProperties: limits.metadataEntries })

const Columns = z
  .record(text(limits.columnName), text(limits.columnValue, { lines: true }))
  .superRefine(within({ entries: limits.columns, bytes: limits.columnsBytes }))
  .meta({ maxProperties: limits.columns })
  .describe("The catalog's own columns of this row: given back in results, and in nothing else")

const Fingerprint = z
  .string()
  .max(limits.fingerprint)
  .regex(/^[A-Za-z0-9_-]+$/, { error: 'must be letters, digits, - and _' })
  .describe(
    'Stands for all that the row asks for, in a form of your own: told back by `GET /v1/catalogs/{name}/rows`, and compared with nothing here',
  )

/** Bounds a record: how many entries, and how many bytes of UTF-8 its names and values have together. */
function within(most: { entries: number; bytes: number }) {
  return (record: Readonly<Record<string, string>>, context: z.RefinementCtx): void => {
    const entries = Object.keys(record).length
    const bytes = Buffer.byteLength(Object.entries(record).flat().join(''))
    const fault =
      entries > most.entries
        ? `has ${entries} entries; at most ${most.entries} are kept`
        : `has ${bytes} bytes in all; at most ${most.bytes} are kept`
    if (entries > most.entries || bytes > most.bytes) context.addIssue({ code: 'custom', message: fault })
  }
}

/** How an edit takes its turn among those of its model. */
export const EditClass = z
  .enum(['interactive', 'standard', 'bulk'])
  .describe(
    '`interactive` goes first, until its producer is 20 images ahead of the others; `bulk` gets at least one image in ten while others wait.',
  )

/**
 * What was accepted, by this version or an earlier one: read as it stands, since an edit under way must not become
 * unreadable by a stricter rule. What may be asked for now is an `EditRequest`.
 */
export const AcceptedRequest = z.strictObject({
  model: z.string().default('wan2.5-i2i-preview'),
  prompt: z.string(),
  negativePrompt: z.string().optional(),
  images: z.array(z.string()),
  /** Result pictures, each one billed. Always explicit: the vendor's own default is 4. */
  n: z.int().default(1),
  /** `W*H` in pixels, or a class such as `2K` where the model knows one. */
  size: z.string().optional(),
  seed: z.int().optional(),
  promptExtend: z.boolean().optional(),
  watermark: z.boolean().optional(),
  key: z.string().optional(),
  /** `standard` where it is absent. */
  class: EditClass.optional(),
  /** Given back unread in every event of the edit. */
  metadata: z.record(z.string(), z.string()).optional(),
})

export type AcceptedRequest = z.infer<typeof AcceptedRequest>

/**
 * What a producer asks for: `n` variants of the pictures under one instruction.
 * Limits that depend on the model (lengths, counts, sizes) are checked against the table of models.
 */
export const EditRequest = AcceptedRequest.extend({
  model: text(limits.model).default('wan2.5-i2i-preview'),
  prompt: text(limits.prompt, { lines: true }),
  negativePrompt: text(limits.prompt, { lines: true }).optional(),
  images: z.array(ImageAddress).max(limits.images),
  size: text(limits.size).optional(),
  key: EditKey.optional(),
  metadata: Metadata.optional(),
})
export type EditRequest = z.infer<typeof EditRequest>

/** A row of a batch: an edit, and what rests beside it in the bucket and never reaches Redis or an event. */
export const RowRequest = EditRequest.extend({
  columns: Columns.optional(),
  fingerprint: Fingerprint.optional(),
})
export type RowRequest = z.infer<typeof RowRequest>

/** An edit that comes alone; those of a batch have the batch's priority. */
export const SingleEditRequest = EditRequest.extend({ priority: Priority.optional() })

/** The request as it may be written: defaults not yet filled in. */
export type EditRequestInput = z.input<typeof EditRequest>
