import { viewOfBatch, type Batch } from '@restyle/shared/contract/batch'
import { viewOf } from '@restyle/shared/contract/edit'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import { z } from 'zod'
import type { Api, Deps } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { Problem } from '../http/problem.ts'
import { BatchAnswer, BatchBody, EditPage, IntakeHeaders, traceOf } from '../http/schemas.ts'
import { bodyUnchecked } from '../http/validate.ts'
import { createBatch } from './create-batch.ts'

const MiB = 1024 * 1024

const BatchPath = z.object({ id: z.string() })

/** Ask for many edits at once, and look at them. */
export function batchRoutes(app: Api, deps: Deps): void {
  const { ledger } = deps

  /** Another producer's batch is as absent as one that never was. */
  async function readOwn(id: string, producer: string): Promise<Batch> {
    const batch = await ledger.readBatch(id)
    if (batch === undefined || batch.producer !== producer)
      throw new Problem('not-found', 'There is no such batch.')
    return batch
  }

  app.post(
    '/v1/batches',
    {
      bodyLimit: 64 * MiB,
      handlerTimeout: 300_000,
      validatorCompiler: bodyUnchecked,
      schema: {
        operationId: 'createBatch',
        summary: 'Enqueue up to 100,000 edits, all or none',
        tags: ['batches'],
        headers: IntakeHeaders,
        body: BatchBody,
        response: { 200: BatchAnswer, 202: BatchAnswer, ...refusals },
      },
    },
    async ({ producer, headers, body }, reply) => {
      const { batch, replayed } = await createBatch(deps, {
        producer,
        body,
        idempotencyKey: headers['idempotency-key'],
        ...traceOf(headers.traceparent),
      })
      if (replayed) reply.header('idempotent-replayed', 'true')
      return reply
        .code(replayed ? 200 : 202)
        .header('location', `/v1/batches/${batch.id}`)
        .send(viewOfBatch(batch))
    },
  )

  app.get(
    '/v1/batches/:id',
    {
      schema: {
        operationId: 'readBatch',
        summary: 'How far a batch is, and what it cost',
        tags: ['batches'],
        params: BatchPath,
        response: { 200: BatchAnswer, ...refusals },
      },
    },
    async ({ params, producer }) => viewOfBatch(await readOwn(params.id, producer)),
  )

  app.get(
    '/v1/batches/:id/edits',
    {
      schema: {
        operationId: 'listEditsOfBatch',
        summary: 'The edits of a batch, in the order of its rows',
        tags: ['batches'],
        params: BatchPath,
        querystring: z.strictObject({
          cursor: z.coerce.number().int().min(0).default(0).describe('`nextCursor` of the page before'),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: { 200: EditPage, ...refusals },
      },
    },
    async ({ params, query, producer }) => {
      const { total } = await readOwn(params.id, producer)
      const end = Math.min(query.cursor + query.limit, total)
      const rows = Array.from({ length: Math.max(0, end - query.cursor) }, (_, i) => query.cursor + i)
      const edits = await ledger.readMany(rows.map((row) => editIdOfRow(params.id, row)))
      return {
        edits: edits.flatMap((edit) => (edit === undefined ? [] : [viewOf(edit)])),
        ...(end < total ? { nextCursor: String(end) } : {}),
      }
    },
  )
}
