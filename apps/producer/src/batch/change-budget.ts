import type { Batch } from '@restyle/shared/contract/batch'
import type { Budget } from '@restyle/shared/contract/money'
import type { Ledger } from '@restyle/shared/ledger/ledger'
import { newestBudget, writeBudget } from '@restyle/shared/receipt/budget-order'
import { settleBatch, type SettleTools } from '@restyle/shared/settle-batch'
import type { Store } from '@restyle/shared/store/store'

export type BudgetTools = SettleTools & {
  ledger: Pick<Ledger, 'setBudget' | 'takesWrites'>
  store: Store
}

/** For so long the answer waits for the edits in Redis; a worker goes on with those that are left. */
const settleMs = 500

/** It makes each look at the batch's budget longer. */
export const mostBudgets = 1_000

/** The bucket hears of it first, so that a ledger that loses data does not go by an older budget. */
export async function changeBudget(
  batch: Batch,
  budget: Budget | undefined,
  tools: BudgetTools,
): Promise<'changed' | 'gone' | 'too-often'> {
  const { ledger, store, log } = tools
  if (batch.budgets >= mostBudgets) return 'too-often'
  await ledger.takesWrites()
  let number = batch.budgets + 1
  while ((await writeBudget(store, batch.id, { number, budget }, Date.now())) === 'taken')
    number = ((await newestBudget(store, batch.id))?.number ?? number) + 1
  const set = await ledger.setBudget(batch.id, budget, number)
  if (set.kind === 'none') return 'gone'
  log.info({ batch: batch.id, budget, number }, 'budget of a batch changed')
  if (set.kind === 'done') await settleBatch(batch.id, set.mark, tools, AbortSignal.timeout(settleMs))
  return 'changed'
}
