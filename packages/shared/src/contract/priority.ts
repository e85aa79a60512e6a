import { z } from 'zod'

/** Which of a producer's batches and edits of one class goes first. 5 where it is absent. */
export const Priority = z
  .int()
  .min(1)
  .max(9)
  .describe(
    'Of your batches and single edits of one class those of a higher priority go first, those of 9 before all; among equals the older. It changes nothing between producers.',
  )
export type Priority = z.infer<typeof Priority>
