import { z } from 'zod'

/**
 * An address of a source picture:
 * `https://…` or `http://…` (public), `s3://bucket/key` (readable with the workers' credentials),
 * or `sha256:<hex>` (bytes uploaded before with `PUT /v1/sources/{sha256}`).
 */
export const ImageAddress = z
  .string()
  .max(4096)
  .regex(/^(https?:\/\/|s3:\/\/[^/]+\/.|sha256:[0-9a-f]{64}$)/, {
    error: 'must be an http(s) URL, s3://bucket/key or sha256:<64 hex digits> of an uploaded picture',
  })

/** A row's identity within its batch; becomes a part of the object key, so it holds no path of its own. */
export const EditKey = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}/\\]+$/u, { error: 'must not contain slashes or control characters' })
  .refine((key) => key !== '.' && key !== '..', { error: 'must be a name, not a path' })

/**
 * What a producer asks for: `n` variants of the pictures under one instruction.
 * Limits that depend on the model (lengths, counts, sizes) are checked against the table of models.
 */
export const EditRequest = z.strictObject({
  model: z.string().default('wan2.5-i2i-preview'),
  prompt: z.string(),
  negativePrompt: z.string().optional(),
  images: z.array(ImageAddress),
  /** Result pictures, each one billed. Always explicit: the vendor's own default is 4. */
  n: z.int().default(1),
  /** `W*H` in pixels, or a class such as `2K` where the model knows one. */
  size: z.string().optional(),
  seed: z.int().optional(),
  promptExtend: z.boolean().optional(),
  watermark: z.boolean().optional(),
  key: EditKey.optional(),
  /** Given back unread in every event of the edit. */
  metadata: z.record(z.string().max(64), z.string().max(512)).optional(),
})
export type EditRequest = z.infer<typeof EditRequest>

/** The request as it may be written: defaults not yet filled in. */
export type EditRequestInput = z.input<typeof EditRequest>
