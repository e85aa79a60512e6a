import { viewOfBatch } from '@restyle/shared/contract/batch'
import { type Edit, viewOf } from '@restyle/shared/contract/edit'
import { limits } from '@restyle/shared/contract/limits'
import { text } from '@restyle/shared/contract/text'
import { takeOfEditId } from '@restyle/shared/ledger/batches'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { redosOf } from '@restyle/shared/rows/redos'
import { readEdit, readTakes, type ReadTools } from '@restyle/shared/rows/read-edits'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { IntakeHeaders } from '../http/intake-headers.ts'
import { refusals } from '../http/openapi.ts'
import { type KeyNames, nameVerdicts } from '../http/name-verdicts.ts'
import { readOwnBatch, readOwnEdit, withVerdicts } from '../http/own.ts'
import { Problem } from '../http/problem.ts'
import { BatchAnswer, EditAnswer } from '../http/schemas.ts'
import { faultInBody } from '../http/validate.ts'
import { retryBatch, type Retried, type RetryTools } from './retry-batch.ts'

type Tools = KeyNames & RetryTools & ReadTools & { ledger: Pick<Ledger, 'readBatch' | 'verdictsOfRows'> }

const mostCodes = 100

const RetryBody = z
  .strictObject({
    codes: z
      .array(text(200))
      .min(1)
      .max(mostCodes)
      .optional()
      .describe('Only rows that failed with one of these codes; all that failed if left out'),
    prompt: text(limits.prompt, { lines: true }).optional().describe('In place of the prompt of each row'),
    seed: z.int().optional(),
    size: text(limits.size).optional(),
  })
  .meta({ id: 'RetryRequest', examples: [{ codes: ['InternalError'] }] })

const RetriedBatch = z
  .object({
    rows: z
      .int()
      .describe('How many rows are retried; 0: none has failed with one of the codes')
      .meta({ examples: [12] }),
    batch: BatchAnswer,
  })
  .meta({ id: 'RetriedBatch' })

/** Retries failed rows, and shows all edits that a row had. */
export function retryRoutes(app: Api, tools: Tools): void {
  app.post(
    '/v1/batches/:id/retry',
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: 'retryBatch',
        summary: 'Try failed rows of a batch once more',
        description:
          'Each row that failed gets another edit, `<batch>-<row>-<take>`, with images and receipts of its own; the batch counts the newest edit of each row, and the money of all. Rows that were canceled are not retried. A batch that was complete completes again, with another event. Answered at once, however many rows there are. The same Idempotency-Key is the same retry.',
        tags: ['batches'],
        params: z.object({ id: z.string() }),
        headers: z.looseObject({ 'idempotency-key': IntakeHeaders.shape['idempotency-key'] }),
        body: RetryBody,
        'x-problems': ['not-found', 'not-retried'],
        response: { 200: RetriedBatch, ...refusals },
      },
    },
    async ({ params: { id }, headers, producer, body }) => {
      const { ledger } = tools
      const batch = await readOwnBatch(id, producer, tools)
      const retried = await retryBatch(batch, { ...body, key: headers['idempotency-key'] }, tools)
      if (retried.kind !== 'retried') throw problemOf(retried)
      return { rows: retried.rows, batch: viewOfBatch((await ledger.readBatch(id)) ?? batch) }
    },
  )
  app.get(
    '/v1/edits/:id/takes',
    {
      config: { scope: 'edits:read' },
      schema: {
        operationId: 'listTakes',
        summary: 'All edits that a row had, the oldest first',
        description:
          'One for each time that the row was retried, then its redos (`redoOf`), as far as they are known: a redo that nobody judged is forgotten like every edit that came alone. Of a redo the same list.',
        tags: ['edits'],
        params: z.object({ id: z.string() }),
        'x-problems': ['not-found'],
        response: { 200: z.object({ edits: z.array(EditAnswer) }), ...refusals },
      },
    },
    async ({ params: { id }, producer }) => {
      const asked = await readOwnEdit(id, producer, tools)
      const edit = asked.redoOf === undefined ? asked : ((await readEdit(asked.redoOf, tools)) ?? asked)
      const batch = edit.batch === '' ? undefined : await tools.ledger.readBatch(edit.batch)
      const isRow = batch !== undefined && takeOfEditId(edit.id) !== undefined
      const takes = isRow ? await readTakes(batch, edit.row, tools) : [edit]
      const redos = await redosOf(tools.store, edit)
      const found = await Promise.all(redos.map((redo) => readEdit(redo, tools)))
      const own = found.filter((redo): redo is Edit => redo?.producer === producer && redo.id !== edit.id)
      const all = [...takes, ...own.toSorted((a, b) => a.createdAt - b.createdAt)]
      return { edits: await nameVerdicts((await withVerdicts(all, tools)).map(viewOf), tools) }
    },
  )
}

function problemOf(retried: Exclude<Retried, { kind: 'retried' }>): Problem {
  switch (retried.kind) {
    case 'refused':
      return Problem.ofFaults(
        'invalid-request',
        retried.faults.map((fault) => faultInBody(fault)),
      )
    case 'pending':
      return new Problem(
        'not-retried',
        'Rows of an earlier retry still wait: retry when all have become edits.',
      )
    case 'canceled':
      return new Problem('not-retried', 'This batch is canceled.')
    case 'older':
      return new Problem('not-retried', 'An older version took this batch: send its rows again.')
    case 'tooOften':
      return new Problem('not-retried', 'This batch was retried too often: send its rows again.')
  }
}
