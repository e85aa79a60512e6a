import { Currency } from '@restyle/shared/contract/money'
import { readAttempt } from '@restyle/shared/receipt/receipt'
import type { ReadTools } from '@restyle/shared/rows/read-edits'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnEdit } from '../http/own.ts'
import { attemptsOf, mostAttempts, storyOf } from './edit-story.ts'
import { readTold, type Told } from './read-told.ts'

const at = z.iso.datetime()
const taskId = '0385dc79-5ff8-4d82-bcb6-000000000000'
const lane = 'wan2.5-i2i-preview-2b3c4d5e6f70'
const receipts = 'receipts/edit_2v8k0c9q4m6t1r3w5y7x9z0abc/1'

const Delivery = z.object({
  cursor: z.string().describe('Where the event is among the events'),
  webhooks: z
    .array(
      z.object({
        id: z.string(),
        description: z.string().optional(),
        state: z
          .enum(['waits', 'retries', 'sent', 'passed'])
          .describe(
            '`waits`: it was not sent yet. `retries`: it failed, and is sent again. `sent`: it is not sent again: delivered or given up (`GET /v1/webhooks/{id}/deliveries`). `passed`: the webhook was disabled then',
          ),
        nextAt: at.optional().describe('When it is sent again'),
      }),
    )
    .optional()
    .describe('The webhooks that the event is for; only for keys with the scope `webhooks`'),
  groups: z
    .array(
      z.object({
        name: z.string(),
        state: z
          .enum(['waits', 'taken', 'dead', 'done'])
          .describe(
            '`waits`: nobody has pulled it. `taken`: handed out and not acknowledged. `dead`: handed out too often. `done`: acknowledged or dropped, or from before the group began',
          ),
      }),
    )
    .optional()
    .describe('The groups of consumers; only for keys with the scope `events`'),
})

const HistoryAnswer = z
  .object({
    steps: z
      .array(
        z.object({
          at,
          step: z.enum([
            'accepted',
            'submitting',
            'task',
            'no-task',
            'rendered',
            'cancel-asked',
            'held',
            'ended',
          ]),
          attempt: z.int().optional(),
          what: z
            .string()
            .optional()
            .describe('The lane, the id of the task, the code of a refusal, or the state it ended in'),
        }),
      )
      .describe('What happened, in order of time'),
    attempts: z
      .array(
        z.object({
          attempt: z.int(),
          intent: z
            .object({
              at,
              leaseUntil: at.describe('After that no POST of it may start'),
              lane: z.string(),
              reserved: z.object({ currency: Currency, micros: z.int(), day: z.string() }).optional(),
              bodyHash: z.string().describe('Hash of the request that was submitted'),
              receipt: z.string().describe('The object in the bucket'),
            })
            .optional(),
          answer: z
            .union([
              z.object({ outcome: z.literal('accepted'), at, taskId: z.string(), receipt: z.string() }),
              z.object({ outcome: z.literal('none'), at, code: z.string(), receipt: z.string() }),
            ])
            .optional()
            .describe('Absent: the bucket does not know what came of it'),
          ended: z.enum(['failed', 'canceled']).optional(),
        }),
      )
      .describe(`Its submits as their receipts in the bucket have them; the last ${mostAttempts}`),
    bounded: z.literal(true).optional().describe('There were more attempts'),
    money: z.object({
      currency: Currency,
      reservedMicros: z.int(),
      billedMicros: z.int(),
      day: z.string().optional().describe("Of the producer's day on which it counts"),
    }),
    lane: z.string().optional(),
    doubt: z
      .object({
        why: z.string().optional(),
        answered: z
          .object({
            cause: z.string(),
            code: z.string().optional(),
            message: z.string().optional(),
            lane: z.literal(true).optional(),
          })
          .optional()
          .describe('What the vendor said to the submit; `lane`: many edits got the same words'),
        looks: z.object({ why: z.string(), times: z.int(), since: at }).optional(),
        candidates: z.array(z.string()),
      })
      .optional()
      .describe('While nobody knows what became of its submit'),
    waits: z
      .array(
        z.object({ what: z.string(), why: z.string().optional(), times: z.number(), since: at.optional() }),
      )
      .optional()
      .describe('What did not come about and is tried again'),
    images: z.array(
      z.object({
        index: z.int(),
        state: z.enum(['waits', 'stored', 'failed']),
        expiresAt: at.optional().describe('When its address at DashScope ends'),
        spilled: z.literal(true).optional().describe('It lies on the disk of a worker'),
        givenUp: z.literal(true).optional(),
      }),
    ),
    event: z.string().optional().describe('The id of the last event that told of it'),
    delivery: Delivery.optional().describe(
      'How far that event has come, where it tells of the state that the edit is in and is found. Whoever reads pages or a stream is not in it: nobody but the reader knows how far that is',
    ),
    traceparent: z.string().optional(),
  })
  .meta({
    id: 'EditHistory',
    examples: [
      {
        steps: [
          { at: '2026-03-02T21:00:00.000Z', step: 'accepted' },
          { at: '2026-03-02T21:00:01.000Z', step: 'submitting', attempt: 1, what: lane },
          { at: '2026-03-02T21:00:02.100Z', step: 'task', attempt: 1, what: taskId },
          { at: '2026-03-02T21:01:02.000Z', step: 'rendered' },
          { at: '2026-03-02T21:01:04.512Z', step: 'ended', what: 'succeeded' },
        ],
        attempts: [
          {
            attempt: 1,
            intent: {
              at: '2026-03-02T21:00:01.000Z',
              leaseUntil: '2026-03-02T21:00:31.000Z',
              lane,
              reserved: { currency: 'CNY', micros: 200_000, day: '2026-03-02' },
              bodyHash: '5f0c4e9d2b7a81c63e5d0f9a4b7c2e18',
              receipt: `${receipts}/intent`,
            },
            answer: {
              outcome: 'accepted',
              at: '2026-03-02T21:00:02.100Z',
              taskId,
              receipt: `${receipts}/answer`,
            },
          },
        ],
        money: { currency: 'CNY', reservedMicros: 0, billedMicros: 200_000, day: '2026-03-02' },
        lane,
        images: [{ index: 0, state: 'stored' }],
        event: 'edit_2v8k0c9q4m6t1r3w5y7x9z0abc-succeeded',
        delivery: {
          cursor: '1772485264512-0',
          webhooks: [{ id: 'webhook_2v8k0c9q4m6t1r3w5y7x9z0abc', state: 'sent' as const }],
          groups: [{ name: 'warehouse', state: 'done' as const }],
        },
      },
    ],
  })

/** What happened to one edit, as far as the ledger and its receipts know. */
export function historyRoutes(
  app: Api,
  { store, ...reading }: ReadTools & { store: Store } & Parameters<typeof readTold>[3],
): void {
  app.get(
    '/v1/edits/:id/history',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readEditHistory',
        summary: 'What happened to an edit: its submits, tasks, money and events',
        description:
          'What the ledger and the receipts in the bucket know, and nothing else: single queries about its task are not kept. The edit itself is `GET /v1/edits/{id}`.',
        tags: ['edits'],
        params: z.object({ id: z.string() }),
        'x-problems': ['not-found'],
        response: { 200: HistoryAnswer, ...refusals },
      },
    },
    async ({ params, producer, scopes = [] }) => {
      const edit = await readOwnEdit(params.id, producer, reading)
      const attempts = await Promise.all(
        attemptsOf(edit).map(async (attempt) => ({
          attempt,
          receipts: await readAttempt(store, edit.id, attempt),
        })),
      )
      const story = storyOf(edit, attempts)
      const told = await readTold(edit, story.event, scopes, reading)
      return { ...story, ...(told === undefined ? {} : { delivery: viewOfTold(told) }) }
    },
  )
}

const viewOfTold = ({ webhooks, ...told }: Told) => ({
  ...told,
  ...(webhooks === undefined
    ? {}
    : {
        webhooks: webhooks.map((each) =>
          'nextAt' in each ? { ...each, nextAt: new Date(each.nextAt).toISOString() } : each,
        ),
      }),
})
