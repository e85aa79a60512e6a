import { type Batch, viewOfBatch } from '@restyle/shared/contract/batch'
import { Budget } from '@restyle/shared/contract/money'
import { Priority } from '@restyle/shared/contract/priority'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { newestBudget, writeBudget } from '@restyle/shared/receipt/budget-order'
import { settleBatch, type SettleTools } from '@restyle/shared/settle-batch'
import type { Store } from '@restyle/shared/store/store'
import { z } from 'zod'
import type { Api } from '../http/api.ts'
import { refusals } from '../http/openapi.ts'
import { BatchAnswer } from '../http/schemas.ts'
import { noSuchBatch, readOwnBatch } from '../http/own.ts'
import { Problem } from '../http/problem.ts'

type ChangeTools = SettleTools & {
  ledger: Pick<Ledger, 'readBatch' | 'setPriority' | 'setBudget' | 'takesWrites'>
  store: Store
}

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
      schema: {
        operationId: 'changeBatch',
        summary: 'Give a batch another priority or another budget',
        description:
          'What of it waits goes by the new priority at once; the order within the batch stays. A budget counts from the next submit on: what was submitted is not taken back.',
        tags: ['batches'],
        params: z.object({ id: z.string() }),
        body: BatchChange,
        response: { 200: BatchAnswer, ...refusals },
      },
    },
    async ({ params: { id }, body: { priority, budget }, producer }) => {
      const batch = await readOwnBatch(id, producer, { ledger })
      if (priority !== undefined) await ledger.setPriority(id, priority)
      if (budget !== undefined) await changeBudget(batch, budget ?? undefined, tools)
      return viewOfBatch(await readOwnBatch(id, producer, { ledger }))
    },
  )
}

/** For so long the answer waits for the edits in Redis; a worker goes on with those that are left. */
const settleMs = 500

/** It makes each look at the batch's budget longer. */
const mostChanges = 1_000

/** The bucket hears of it first, so that a ledger that loses data does not go by an older budget. */
async function changeBudget(batch: Batch, budget: Budget | undefined, tools: ChangeTools): Promise<void> {
  const { ledger, store, log } = tools
  if (batch.budgets >= mostChanges)
    throw new Problem('not-queued', `The budget of this batch was changed ${mostChanges} times, and stays.`)
  await ledger.takesWrites()
  let number = batch.budgets + 1
  while ((await writeBudget(store, batch.id, { number, budget }, Date.now())) === 'taken')
    number = ((await newestBudget(store, batch.id))?.number ?? number) + 1
  const set = await ledger.setBudget(batch.id, budget, number)
  if (set.kind === 'none') throw noSuchBatch()
  log.info({ batch: batch.id, budget, number }, 'budget of a batch changed')
  if (set.kind === 'done') await settleBatch(batch.id, set.mark, tools, AbortSignal.timeout(settleMs))
}
