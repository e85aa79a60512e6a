import { Currency } from '@restyle/shared/contract/money'
import { text } from '@restyle/shared/contract/text'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnBatch } from '../http/own.ts'
import { remedies } from './explain-failure.ts'
import { type FailureTools, findFailures } from './find-failures.ts'
import type { SearchTools } from './search.ts'

const example = {
  code: 'DataInspectionFailed',
  edits: 180,
  batches: 2,
  isKnown: true,
  meaning: 'the source or the result was refused for its content',
  whatWeDid:
    'Where a submit is refused with it, Restyle fails the edit; after a task that failed with it, it fails the edit.',
  whatYouCanDo: 'Change the prompt or the source image; a refused result may pass with another seed.',
  retry: 'changed' as const,
  example: {
    id: 'batch_7h3d5f9k1m2n4p6q8r0s2t4v6w-4710',
    key: '4711',
    message: 'the output was refused',
  },
  firstAt: '2026-03-02T21:01:04.512Z',
  lastAt: '2026-03-02T22:40:10.004Z',
  hours: [...Array.from({ length: 22 }, () => 0), 12, 168],
  billed: [],
}

const FailureSumAnswer = z
  .object({
    code: z.string(),
    edits: z.int().describe('Rows and single edits whose newest edit failed with it'),
    batches: z.int().describe('Batches with such rows'),
    isKnown: z.boolean().describe('Whether a table of docs/operations.md has it'),
    meaning: z.string(),
    whatWeDid: z.string(),
    whatYouCanDo: z.string(),
    retry: z
      .enum(remedies)
      .describe(
        'What helps: to send it again as it is, to change the edit, or to put something right first, such as an account, a bucket or the network',
      ),
    example: z
      .object({ id: z.string(), key: z.string(), message: z.string() })
      .optional()
      .describe('The newest such edit that was read; absent where none was'),
    firstAt: z.iso.datetime().optional().describe('When the first one failed of those that were read'),
    lastAt: z.iso.datetime().optional(),
    hours: z
      .array(z.int())
      .length(24)
      .optional()
      .describe(
        'How many of those that were read failed in each of the last 24 hours; the last is the hour that it is. Absent where none was read. Where the answer is `bounded`, there may be more in any of them',
      ),
    billed: z
      .array(z.object({ currency: Currency, micros: z.int() }))
      .describe('What those that were read were billed all the same: money for nothing. Empty: nothing'),
  })
  .meta({
    id: 'FailureSum',
    examples: [example],
  })

const FailuresAnswer = z
  .object({
    failures: z.array(FailureSumAnswer).describe('Most edits first'),
    hoursFrom: z.iso.datetime().describe('When the first of `hours` begins'),
    looked: z
      .object({ batches: z.int(), edits: z.int() })
      .describe('The newest batches, whose counts were read, and the newest failed edits, which were read'),
    bounded: z.literal(true).optional().describe('There is more that was not looked at'),
  })
  .meta({
    id: 'Failures',
    examples: [
      {
        failures: [example],
        hoursFrom: '2026-03-01T23:00:00.000Z',
        looked: { batches: 14, edits: 180 },
      },
    ],
  })

/** What came to nothing, by code, and what to do about it. */
export function failureRoutes(app: Api, tools: SearchTools & FailureTools): void {
  app.get(
    '/v1/failures',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listFailures',
        summary: 'What failed, by code: how much, what it means, what was done and what you can do',
        description:
          'The newest 1,000 batches tell how many of their rows failed; times, hours, money and the example are of the newest 1,000 failed edits. An edit that succeeded without some of its images is not counted.',
        tags: ['edits'],
        querystring: z.strictObject({
          since: z.iso
            .datetime({ offset: true, error: 'must be a time such as 2026-03-02T21:00:00Z' })
            .optional()
            .describe('Of batches that were opened, and edits that were enqueued, then or later'),
          batch: text(64).min(1).optional().describe('Of this batch alone, whenever it was opened'),
        }),
        'x-problems': ['not-found'],
        response: { 200: FailuresAnswer, ...refusals },
      },
    },
    async ({ producer, query }) => {
      const batch = query.batch === undefined ? undefined : await readOwnBatch(query.batch, producer, tools)
      const since = query.since === undefined ? undefined : Date.parse(query.since)
      const { failures, hoursFrom, looked, bounded } = await findFailures(producer, { since, batch }, tools)
      return {
        failures: failures.map(({ firstAt, lastAt, ...failure }) => ({
          ...failure,
          ...(firstAt === undefined || lastAt === undefined
            ? {}
            : { firstAt: new Date(firstAt).toISOString(), lastAt: new Date(lastAt).toISOString() }),
        })),
        hoursFrom: new Date(hoursFrom).toISOString(),
        looked,
        ...(bounded ? { bounded: true as const } : {}),
      }
    },
  )
}
