import { type Batch, viewOfBatch } from '@restyle/shared/contract/batch'
import { Budget } from '@restyle/shared/contract/money'
import { Priority } from '@restyle/shared/contract/priority'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { ChangeConditions, conditionOf, tagOf } from '../http/conditions.ts'
import { refusals } from '../http/openapi.ts'
import { BatchAnswer } from '../http/schemas.ts'
import { noSuchBatch, readOwnBatch } from '../http/own.ts'
import { Problem } from '../http/problem.ts'
import { type BudgetTools, changeBudget, mostBudgets } from './change-budget.ts'

type ChangeTools = BudgetTools & { ledger: Pick<Ledger, 'readBatch' | 'setPriority'> }

const BatchChange = z
  .strictObject({
    priority: Priority.optional(),
    budget: Budget.nullable()
      .optional()
      .describe(
        'What it may cost from now on; null ends the budget. A batch that had stopped for it goes on where it fits',
      ),
  })
  .refine((body) => Object.keys(body).length > 0, { error: 'names nothing to change: priority or budget' })
  .meta({
    id: 'BatchChange',
    examples: [{ priority: 9 }, { budget: { currency: 'CNY', micros: 50_000_000 } }],
  })

/** Change a batch that is there. */
export function changeBatch(app: Api, tools: ChangeTools): void {
  const { ledger } = tools
  app.patch(
    '/v1/batches/:id',
    {
      config: { scope: 'edits:write' },
      schema: {
        operationId: 'changeBatch',
        summary: 'Give a batch another priority or another budget',
        description:
          'What of it waits goes by the new priority at once; the order within the batch stays. A budget counts from the next submit on: what was submitted is not taken back.',
        tags: ['batches'],
        params: z.object({ id: z.string() }),
        headers: ChangeConditions,
        body: BatchChange,
        'x-problems': ['not-found', 'budget-fixed', 'precondition-failed'],
        'x-answers': { 200: { headers: ['ETag'] } },
        response: { 200: BatchAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body, producer } = request
      const { id } = params
      const { priority, budget } = body
      const batch = await readOwnBatch(id, producer, { ledger })
      conditionOf(request)(setOfBatch(batch))
      if (priority !== undefined) await ledger.setPriority(id, priority)
      if (budget !== undefined) {
        const changed = await changeBudget(batch, budget ?? undefined, tools)
        if (changed === 'gone') throw noSuchBatch()
        if (changed === 'too-often')
          throw new Problem(
            'budget-fixed',
            `Its budget was changed ${mostBudgets} times, and stays as it is.`,
          )
      }
      const changed = await readOwnBatch(id, producer, { ledger })
      const view = viewOfBatch(changed)
      void reply.header('etag', tagOf(view, setOfBatch(changed)))
      return view
    },
  )
}

/** What of a batch can be changed: `If-Match` compares it. */
export const setOfBatch = ({ priority, budget, budgets }: Batch) => ({ priority, budget, budgets })
