import { BatchView } from '@restyle/shared/contract/batch'
import { z } from 'zod'
import { EditAnswer, EditBody, requestExample } from '../http/schemas.ts'

const example = {
  id: 'batch_7h3d5f9k1m2n4p6q8r0s2t4v6w',
  name: 'spring catalog',
  total: 3,
  counts: {
    queued: 1,
    submitting: 0,
    uncertain: 0,
    review: 0,
    running: 1,
    rendered: 0,
    succeeded: 1,
    failed: 0,
    canceled: 0,
  },
  images: 1,
  cost: { currency: 'CNY', micros: 200_000, reservedMicros: 200_000 },
  createdAt: '2026-03-02T21:00:00.000Z',
} satisfies z.input<typeof BatchView>

export const BatchAnswer = BatchView.meta({ id: 'Batch', examples: [example] })

/** A batch as it is sent. */
export const BatchBody = z
  .strictObject({ name: z.string().max(200).optional(), edits: z.array(EditBody).min(1).max(100_000) })
  .meta({ id: 'BatchRequest', examples: [{ name: example.name, edits: [requestExample] }] })

/** The body without the insides of its rows: the intake reads those one by one. */
export const BatchEnvelope = BatchBody.extend({ edits: z.array(z.unknown()).min(1).max(100_000) })

export const EditPage = z.object({ edits: z.array(EditAnswer), nextCursor: z.string().optional() })
