import { z } from 'zod'
import { NextCursor } from '../http/page.ts'
import { EditAnswer, editExample, unreadable } from '../http/schemas.ts'

const taskId = '0385dc79-5ff8-4d82-bcb6-000000000000'

const at = z.iso.datetime()

/** A submit of which nobody knows what became, as the ledger has it. */
const SubmitView = z.object({
  intendedAt: at.optional().describe('When it was about to be sent'),
  leaseUntil: at.optional().describe('After that no POST of it may start'),
  bodyHash: z
    .string()
    .describe(
      'Hash of the request as it was accepted; the receipt of the submit has the same (`GET /v1/edits/{id}/history`)',
    ),
  answered: z
    .object({
      cause: z.string().describe('How it broke off, such as `reset`, `timeout` or `5xx`'),
      code: z.string().optional(),
      message: z.string().optional(),
    })
    .optional()
    .describe('What came in place of an outcome; absent where the worker that sent it went away'),
})

/** A candidate as the vendor told of it when it was looked up. */
const TaskView = z.object({
  taskId: z.string(),
  state: z.string(),
  images: z.int(),
  submittedAt: at.optional().describe("On the vendor's clock"),
  echo: z
    .enum(['same', 'near', 'none'])
    .describe('How its prompt compares with that of the edit. `none`: it shows no prompt'),
  prompt: z.string().optional().describe('Where it is `near`'),
})

/** An edit in `review`, and what a person needs to know to decide it. */
export const ReviewView = z
  .object({
    edit: EditAnswer,
    why: z.string().describe('Why looking could not tell what became of the submit'),
    attempt: z.int().describe('Which of its submits is uncertain'),
    heldAt: z.iso.datetime(),
    candidates: z.array(z.string()).describe('Task ids that could be this submit; no other edit gets them'),
    submit: SubmitView,
    tasks: z
      .array(TaskView)
      .describe(
        'What was told of the first candidates when they were looked up; a candidate that is missing was not looked at',
      ),
    reservedMicros: z.int().describe('Micro-currency kept until it is decided'),
  })
  .meta({
    id: 'Review',
    examples: [
      {
        edit: { ...editExample, state: 'review' as const, images: [], cost: { currency: 'CNY', micros: 0 } },
        why: 'the connection broke before an answer came, and the list shows two tasks that could be its own',
        attempt: 1,
        heldAt: '2026-03-02T21:05:00.000Z',
        candidates: [taskId],
        submit: {
          intendedAt: '2026-03-02T21:03:50.000Z',
          leaseUntil: '2026-03-02T21:04:20.000Z',
          bodyHash: '5f0c4e9d2b7a81c63e5d0f9a4b7c2e18',
          answered: { cause: 'reset' },
        },
        tasks: [
          {
            taskId,
            state: 'succeeded',
            images: 1,
            submittedAt: '2026-03-02T21:03:51.000Z',
            echo: 'same' as const,
          },
        ],
        reservedMicros: 200_000,
      },
    ],
  })
export type ReviewView = z.infer<typeof ReviewView>

export const ReviewPage = z.object({
  reviews: z.array(ReviewView),
  unreadable,
  nextCursor: NextCursor,
})

/** What a person decides: which task the submit made, what to do instead, or which paid images not to wait for. */
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
      z.strictObject({
        action: z.literal('giveUp'),
        images: z
          .array(z.int().nonnegative())
          .min(1)
          .max(16)
          .optional()
          .describe('Which images, by their `index`; all that are not stored if left out'),
      }),
    ],
    {
      error: ({ code }) => (code === 'invalid_union' ? 'must be adopt, resubmit, drop or giveUp' : undefined),
    },
  )
  .meta({ id: 'Resolution', examples: [{ action: 'adopt', taskId }] })
export type Resolution = z.infer<typeof Resolution>
