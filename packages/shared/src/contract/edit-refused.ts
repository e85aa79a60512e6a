import { z } from 'zod'

/**
 * An edit that came through the intake queue and was refused: `code` and `detail` as the API answers them, `errors` what to repair.
 * `edit` is the id that it would have had, and has if it comes again under its key and is taken.
 */
export const EditRefused = z.object({
  edit: z.string(),
  idempotencyKey: z.string(),
  code: z.string().describe('The last part of the `type` of a problem, such as `invalid-request`'),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string().optional(), detail: z.string() })).optional(),
})
export type EditRefused = z.infer<typeof EditRefused>
