import { EditState } from '@restyle/shared/contract/edit-state'
import { limits } from '@restyle/shared/contract/limits'
import { text } from '@restyle/shared/contract/text'
import {
  OperationView,
  type Operation,
  VerdictName,
  VerdictOrNone,
  viewOfOperation,
} from '@restyle/shared/contract/verdict'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { IntakeHeaders } from '../http/intake-headers.ts'
import { refusals } from '../http/openapi.ts'
import { readOwnBatch } from '../http/own.ts'
import { carried, noSuchOperation, orderVerdicts, type OrderTools } from './order.ts'

type Tools = OrderTools & { ledger: OrderTools['ledger'] & Pick<Ledger, 'readBatch'> }

const rowsText = text(limits.rowRanges).describe('Rows, counted from 1, such as `1-30000,40001`')

const VerdictsBody = z
  .strictObject({
    verdict: VerdictOrNone.describe('null takes back what was said'),
    rows: rowsText.optional(),
    where: z
      .strictObject({
        state: EditState.optional(),
        verdict: z.union([VerdictName, z.literal('none')]).optional(),
        code: text(200).optional().describe('With which code its newest edit failed'),
      })
      .optional()
      .describe(
        'Rows that all of this holds of, at the time of the order; without any entry all rows. With `rows`: those of them alone',
      ),
    except: rowsText.optional().describe('Rows that are left alone, as in `rows`'),
    mapVersion: z
      .int()
      .optional()
      .describe('Judges nothing (412) where the map of the batch has another version by now'),
  })
  .refine(({ rows, where }) => rows !== undefined || where !== undefined, {
    error: 'needs rows or where',
  })
  .meta({
    id: 'VerdictsRequest',
    examples: [{ verdict: 'approved', where: { state: 'succeeded', verdict: 'none' }, except: '17,4711' }],
  })

const OperationAnswer = OperationView.meta({
  id: 'Operation',
  examples: [
    {
      id: 'operation_7h3d5f9k1m2n4p6q8r0s2t4v6w',
      batch: 'batch_7h3d5f9k1m2n4p6q8r0s2t4v6w',
      state: 'running',
      verdict: 'approved',
      by: '5f2c9a7d1e3b4c60',
      matched: 30_000,
      skipped: 0,
      done: 12_500,
      left: 0,
      createdAt: '2026-03-02T21:14:09.120Z',
    },
  ],
})

const OperationPath = z.object({ id: z.string() })

/** Verdicts on many rows at once, as an operation that is watched, aborted and undone. */
export function operationRoutes(app: Api, tools: Tools): void {
  orderRoute(app, tools)
  app.get(
    '/v1/operations/:id',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'readOperation',
        summary: 'How far an operation on many rows is',
        description: 'Operations are known for 30 days; of a producer the last thousand at most.',
        tags: ['verdicts'],
        params: OperationPath,
        'x-problems': ['not-found'],
        response: { 200: OperationAnswer, ...refusals },
      },
    },
    async ({ params, producer }) => {
      const operation = await readOwn(params.id, producer, tools)
      const goesOn = operation.state === 'running' || operation.state === 'undoing'
      // it goes on where no worker is there, too
      return viewOfOperation(goesOn ? await carried(operation.id, tools) : operation)
    },
  )
  turnRoute(app, tools, 'abort')
  turnRoute(app, tools, 'undo')
}

function orderRoute(app: Api, tools: Tools): void {
  app.post(
    '/v1/batches/:id/verdicts',
    {
      config: { scope: 'edits:write' },
      bodyLimit: 64 * 1024,
      schema: {
        operationId: 'judgeRows',
        summary: 'Judge many rows of a batch at once',
        description:
          'Which rows are meant is decided at the time of the order: those that are named, or that `where` holds of, or both, that have succeeded and do not have this verdict yet. They are judged in slices, also when whoever took the order is gone; `GET /v1/operations/{id}` tells how far it is. A row that somebody judges, or has done again, before its turn is left alone. One event for all of it, `restyle.rows.reviewed`. The same Idempotency-Key is the same operation.',
        tags: ['verdicts'],
        params: z.object({ id: z.string() }),
        headers: z.looseObject({ 'idempotency-key': IntakeHeaders.shape['idempotency-key'] }),
        body: VerdictsBody,
        'x-problems': [
          'not-found',
          'not-judged',
          'too-many-operations',
          'idempotency-conflict',
          'precondition-failed',
        ],
        'x-answers': { 202: { headers: ['Location'] } },
        response: { 202: OperationAnswer, ...refusals },
      },
    },
    async ({ params, producer, keyId, headers, body }, reply) => {
      const batch = await readOwnBatch(params.id, producer, tools)
      const order = { ...body, verdict: body.verdict ?? undefined }
      const said = { by: keyId, key: headers['idempotency-key'] }
      const operation = await orderVerdicts(batch, order, said, tools)
      return reply
        .code(202)
        .header('location', `/v1/operations/${operation.id}`)
        .send(viewOfOperation(operation))
    },
  )
}

const texts = {
  abort: {
    summary: 'End an operation where it is',
    description: 'What it has judged stays so, and can be undone. One that has ended stays as it is.',
  },
  undo: {
    summary: 'Give rows back the verdicts that they had before an operation',
    description:
      'Each row that it has judged gets back what it had, by whom it was given, unless it was judged or done again since: `changedSince` tells how many these were. One that goes on ends first. To undo twice is to undo once.',
  },
} as const

function turnRoute(app: Api, tools: Tools, verb: 'abort' | 'undo'): void {
  app.post(
    `/v1/operations/:id/${verb}`,
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: `${verb}Operation`,
        ...texts[verb],
        tags: ['verdicts'],
        params: OperationPath,
        'x-problems': ['not-found'],
        response: { 202: OperationAnswer, ...refusals },
      },
    },
    async ({ params, producer }, reply) => {
      const { id } = await readOwn(params.id, producer, tools)
      await (verb === 'abort' ? tools.ledger.abortOperation(id) : tools.ledger.undoOperation(id))
      return reply.code(202).send(viewOfOperation(await carried(id, tools)))
    },
  )
}

async function readOwn(id: string, producer: string, { ledger }: Tools): Promise<Operation> {
  const operation = await ledger.readOperation(id)
  if (operation === undefined || operation.producer !== producer) throw noSuchOperation()
  return operation
}
