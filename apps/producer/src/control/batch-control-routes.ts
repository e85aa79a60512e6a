import { viewOfBatch } from '@restyle/shared/contract/batch'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { noSuchBatch, readOwnBatch } from '../http/own.ts'
import { Problem } from '../http/problem.ts'
import { BatchAnswer } from '../http/schemas.ts'
import { type BatchTools, cancelBatch, pauseBatch } from './steer-batch.ts'

const BatchPath = z.object({ id: z.string() })

const CanceledBatch = z
  .object({
    outcome: z
      .enum(['canceled', 'canceling', 'ended'])
      .describe(
        '`canceled`: all of its rows have ended. `canceling`: some had been admitted, and `detail` says what follows. `ended`: it was complete before.',
      ),
    detail: z.string().meta({ examples: ['All of its rows have ended, and nothing is submitted.'] }),
    batch: BatchAnswer,
  })
  .meta({ id: 'CanceledBatch' })

/** Cancels, pauses and resumes a whole batch. All answer at once, however many rows it has. */
export function batchControlRoutes(app: Api, tools: BatchTools): void {
  app.post(
    '/v1/batches/:id/cancel',
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: 'cancelBatch',
        summary: 'Cancel a batch',
        description:
          'Rows that wait end as `canceled`: those that were not edits of their own yet in one go, with one event `restyle.rows.canceled`, the others with an event each. What was admitted is not submitted again; a task that has not begun is canceled, one that runs goes on, and its images are stored since they are paid for. To cancel twice is to cancel once. After a 503 the order may stand already: send it again.',
        tags: ['batches'],
        params: BatchPath,
        'x-problems': ['not-found'],
        response: { 200: CanceledBatch, ...refusals },
      },
    },
    async ({ params, producer }) => {
      const canceled = await cancelBatch(await readOwnBatch(params.id, producer, tools), tools)
      return { ...canceled, batch: viewOfBatch(canceled.batch) }
    },
  )
  pauseRoute(app, tools, 'pause', 'Hold a batch back until it is resumed')
  pauseRoute(app, tools, 'resume', 'Let a paused batch go again')
}

function pauseRoute(app: Api, tools: BatchTools, verb: 'pause' | 'resume', summary: string): void {
  app.post(
    `/v1/batches/:id/${verb}`,
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: `${verb}Batch`,
        summary,
        description:
          'What was admitted goes on. Rows may be added to a paused batch. The pauses of its producer, its lanes and single edits of it are others; the end of one ends none of them.',
        tags: ['batches'],
        params: BatchPath,
        'x-problems': ['not-found', 'not-queued'],
        response: { 200: BatchAnswer, ...refusals },
      },
    },
    async ({ params, producer }) => {
      const kind = await pauseBatch(await readOwnBatch(params.id, producer, tools), verb === 'pause', tools)
      if (kind === 'none') throw noSuchBatch()
      if (kind === 'canceled') throw new Problem('not-queued', 'This batch is canceled.')
      if (kind === 'completed') throw new Problem('not-queued', 'All rows of this batch have ended.')
      return viewOfBatch(await readOwnBatch(params.id, producer, tools))
    },
  )
}
