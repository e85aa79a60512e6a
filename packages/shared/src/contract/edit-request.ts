import { z } from 'zod'
import { faultOfSpelling } from './address-spelling.ts'
import { limits } from './limits.ts'
import { Priority } from './priority.ts'
import { text } from './text.ts'

/**
 * An address of a source picture:
 * `https://…` or `http://…` (public), `s3://bucket/key` (readable with the workers' credentials),
 * or `sha256:<hex>` (bytes uploaded before with `PUT /v1/sources/{sha256}`).
 */
export const ImageAddress = z
  .string()
  .max(limits.address)
  .regex(/^(https?:\/\/|s3:\/\/[^/]+\/.|sha256:[0-9a-f]{64}$)/, {
    error: 'must be an http(s) URL, s3://bucket/key or sha256:<64 hex digits> of an uploaded picture',
  })
  .superRefine((address, context) => {
    const fault = faultOfSpelling(address)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })

/** A row's identity within its batch; becomes a part of the object key, so it holds no path of its own. */
export const EditKey = text(limits.key)
  .min(1)
  .regex(/^[^/\\]*$/u, { error: 'must not contain slashes' })
  .refine((key) => key !== '.' && key !== '..', { error: 'must be a name, not a path' })

const Metadata = z
  .record(text(limits.metadataName), text(limits.metadataValue, { lines: true }))
  .superRefine((metadata, context) => {
    const bytes = Buffer.byteLength(Object.entries(metadata).flat().join(''))
    const fault = faultOfMetadata(Object.keys(metadata).length, bytes)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })
  .meta({ maxProperties: limits.metadataEntries })

function faultOfMetadata(entries: number, bytes: number): string | undefined {
  if (entries > limits.metadataEntries)
    return `has ${entries} entries; at most ${limits.metadataEntries} are kept`
  if (bytes > limits.metadataBytes)
    return `has ${bytes} bytes in all; at most ${limits.metadataBytes} are kept`
  return undefined
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

/** An edit that comes alone; those of a batch have the batch's priority. */
export const SingleEditRequest = EditRequest.extend({ priority: Priority.optional() })

/** The request as it may be written: defaults not yet filled in. */
export type EditRequestInput = z.input<typeof EditRequest>
