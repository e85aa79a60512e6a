import { z } from 'zod'
import { Budget } from '../contract/money.ts'
import { budgetKey, budgetsPrefix, ordersPrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

/** What a batch may cost from then on; null: nobody says. `at` in epoch ms. */
const BudgetOrder = z.object({ v: z.literal(1), at: z.number(), budget: Budget.nullable() })

/** Another budget, and the how manieth change of it it is, from 1. */
export type NumberedBudget = { number: number; budget: Budget | undefined }

/**
 * Writes down that a batch may cost something else, before the ledger hears of it: under its number, and by the hour for
 * whoever looks what a ledger that lost data may have forgotten. `taken`: another change has this number.
 */
export async function writeBudget(
  store: Store,
  batch: string,
  { number, budget }: NumberedBudget,
  at: number,
): Promise<'written' | 'taken'> {
  const order: z.infer<typeof BudgetOrder> = { v: 1, at, budget: budget ?? null }
  if ((await putJson(store, budgetKey(batch, number), order)).kind === 'collision') return 'taken'
  await putJson(store, `${ordersPrefix(at)}budget/${batch}/${number}`, { v: 1, at })
  return 'written'
}

/** The newest change of what a batch may cost; undefined where it was never changed. Throws what the store throws. */
export async function newestBudget(
  store: Pick<Store, 'list' | 'get'>,
  batch: string,
): Promise<NumberedBudget | undefined> {
  const prefix = budgetsPrefix(batch)
  let number = 0
  for await (const { key } of store.list(prefix)) number = Math.max(number, Number(key.slice(prefix.length)))
  const text = number === 0 ? undefined : await store.get(budgetKey(batch, number))
  if (text === undefined) return undefined
  return { number, budget: BudgetOrder.parse(JSON.parse(text.toString())).budget ?? undefined }
}
