import { z } from 'zod'

/** Why nothing of a batch moves, in a word. */
const WaitCode = z.enum([
  'rows',
  'stopped',
  'producer-stopped',
  'no-lane',
  'no-worker',
  'bucket',
  'lane-paused',
  'lane-refused',
  'source',
  'vendor',
  'review',
  'lookup',
  'own-edits',
  'slots',
])

/** What a batch waits for, as its producer sees it. */
export const WaitsFor = z
  .object({
    code: WaitCode.describe(
      '`rows`: it is open, and waits for rows or for its close. `stopped`: something under `stops` stops it. `producer-stopped`: the producer is. `no-lane`, `no-worker`: nobody takes its model. `bucket`: the bucket is away or refuses us. `lane-paused`: a person paused the lanes. `lane-refused`: the vendor refuses the account, or takes nothing. `source`: pictures cannot be read or handed on. `vendor`: the vendor did not take the last submits. `review`: held edits wait for a person. `lookup`: submits without a known outcome are looked up. `own-edits`: earlier edits of the same producer go first. `slots`: other edits use all slots',
    ),
    detail: z.string().describe('The same in a sentence, with what ends it'),
    met: z
      .object({ code: z.string(), message: z.string(), at: z.iso.datetime() })
      .optional()
      .describe('What a worker last met with an edit of the batch, where that is why it waits'),
  })
  .meta({
    id: 'WaitsFor',
    examples: [
      { code: 'no-worker', detail: 'No worker runs for wan2.5-i2i-preview. It goes on when one is started.' },
    ],
  })
export type WaitsFor = z.infer<typeof WaitsFor>
