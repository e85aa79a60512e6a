import { z } from 'zod'
import { EditAnswer } from '../http/schemas.ts'

const taskId = '0385dc79-5ff8-4d82-bcb6-000000000000'

/** An edit in `review`, and what a person needs to know to decide it. */
export const ReviewView = z
  .object({
    edit: EditAnswer,
    why: z.string().describe('Why looking could not tell what became of the submit'),
    attempt: z.int().describe('Which of its submits is in doubt'),
    heldAt: z.iso.datetime(),
    candidates: z.array(z.string()).describe('Task ids that could be this submit; no other edit gets them'),
    reservedMicros: z.int().describe('Micro-currency kept until it is decided'),
  })
  .meta({ id: 'Review' })
export type ReviewView = z.infer<typeof ReviewView>

export const ReviewPage = z.object({ reviews: z.array(ReviewView), nextCursor: z.string().optional() })

/** What a person decides: which task the submit made, or what to do instead. */
export const Resolution = z
  .discriminatedUnion(
    'action',
    [
      z.strictObject({
        action: z.literal('adopt'),
        taskId: z.string().regex(/^[\w-]{1,100}$/, { error: 'must be the id of a task' }),
        force: z.boolean().optional().describe('Adopt a task that is none of the candidates'),
      }),
      z.strictObject({ action: z.literal('resubmit') }),
      z.strictObject({ action: z.literal('drop') }),
    ],
    {
      error: ({ code }) => (code === 'invalid_union' ? 'must be adopt, resubmit or drop' : undefined),
    },
  )
  .meta({ id: 'Resolution', examples: [{ action: 'adopt', taskId }] })
export type Resolution = z.infer<typeof Resolution>
