import { viewOfBatch, type Batch } from '@restyle/shared/contract/batch'
import { viewOf } from '@restyle/shared/contract/edit'
import { faultsOf } from '@restyle/shared/contract/fault'
import { editIdOfRow } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { IntakeHeaders, reusedKey, traceOf } from '../http/intake-headers.ts'
import { refusals } from '../http/openapi.ts'
import { Problem, type RequestFault } from '../http/problem.ts'
import { BatchAnswer, BatchBody, EditPage } from '../http/schemas.ts'
import { bodyUnchecked, faultInBody } from '../http/validate.ts'
import { acceptBatch } from '../intake/accept-batch.ts'
import type { RowFault } from '../intake/outcome.ts'
import type { IntakeTools } from '../intake/tools.ts'

const MiB = 1024 * 1024

const BatchPath = z.object({ id: z.string() })

/** The body without the insides of its rows: the intake reads those one by one. */
const Envelope = BatchBody.extend({ edits: z.array(z.unknown()).min(1).max(100_000) })

type BatchLedger = Pick<Ledger, 'readBatch' | 'readMany'>

/** Ask for many edits at once, and look at them. */
export function batchRoutes(
  app: Api,
  { ledger, intake }: { ledger: BatchLedger; intake: IntakeTools },
): void {
  createBatch(app, intake)
  readBatch(app, ledger)
  listEdits(app, ledger)
}

function createBatch(app: Api, intake: IntakeTools): void {
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
      const envelope = Envelope.safeParse(body)
      if (!envelope.success)
        throw Problem.ofFaults(
          'invalid-request',
          faultsOf(envelope.error).map((fault) => faultInBody(fault)),
        )
      const { name = '', edits: rows } = envelope.data
      const outcome = await acceptBatch(intake, {
        producer,
        name,
        rows,
        idempotencyKey: headers['idempotency-key'],
        ...traceOf(headers.traceparent),
      })
      switch (outcome.kind) {
        case 'refused':
          throw Problem.ofFaults('invalid-request', outcome.faults.map(faultOfRow))
        case 'conflict':
          throw reusedKey()
        case 'accepted':
          reply.code(202)
          break
        case 'replayed':
          reply.code(200).header('idempotent-replayed', 'true')
      }
      return reply.header('location', `/v1/batches/${outcome.batch.id}`).send(viewOfBatch(outcome.batch))
    },
  )
}

function readBatch(app: Api, ledger: BatchLedger): void {
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
    async ({ params, producer }) => viewOfBatch(await readOwn(ledger, params.id, producer)),
  )
}

function listEdits(app: Api, ledger: BatchLedger): void {
  app.get(
    '/v1/batches/:id/edits',
    {
      schema: {
        operationId: 'listEditsOfBatch',
        summary: 'The edits of a batch, in the order of its rows',
        tags: ['batches'],
        params: BatchPath,
        querystring: z.strictObject({
          cursor: z
            .string()
            .regex(/^\d{1,9}$/, { error: 'must be the nextCursor of an earlier answer' })
            .optional()
            .describe('`nextCursor` of the page before'),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: { 200: EditPage, ...refusals },
      },
    },
    async ({ params, query, producer }) => {
      const { total } = await readOwn(ledger, params.id, producer)
      const from = Number(query.cursor ?? 0)
      const end = Math.min(from + query.limit, total)
      const rows = Array.from({ length: Math.max(0, end - from) }, (_, i) => from + i)
      const edits = await ledger.readMany(rows.map((row) => editIdOfRow(params.id, row)))
      return {
        edits: edits.flatMap((edit) => (edit === undefined ? [] : [viewOf(edit)])),
        ...(end < total ? { nextCursor: String(end) } : {}),
      }
    },
  )
}

/** Another producer's batch is answered like one that does not exist. */
async function readOwn(ledger: BatchLedger, id: string, producer: string): Promise<Batch> {
  const batch = await ledger.readBatch(id)
  if (batch === undefined || batch.producer !== producer)
    throw new Problem('not-found', 'There is no such batch.')
  return batch
}

/** Callers count rows from 1. */
const faultOfRow = ({ row, ...fault }: RowFault): RequestFault => ({
  row: row + 1,
  ...faultInBody(fault, ['edits', row]),
})
