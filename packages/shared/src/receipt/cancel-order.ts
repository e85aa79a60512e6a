import { z } from 'zod'
import { cancelKey, ordersPrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

type Canceled = 'edit' | 'batch'

/** That somebody canceled an edit or a batch, and when (epoch ms). */
const CancelOrder = z.object({ v: z.literal(1), at: z.number() })

/**
 * Writes down that an edit or a batch is canceled, before the ledger hears of it: twice, beside its receipts for whoever
 * restores it, and by the hour for whoever looks what a ledger that lost data may have forgotten. The first order counts.
 */
export async function writeCancelOrder(store: Store, what: Canceled, id: string, at: number): Promise<void> {
  const order: z.infer<typeof CancelOrder> = { v: 1, at }
  await Promise.all([
    putJson(store, cancelKey(what, id), order),
    putJson(store, `${ordersPrefix(at)}${what}/${id}`, order),
  ])
}

/** When it was canceled (epoch ms); undefined where it was not. */
export async function readCancelOrder(store: Store, what: Canceled, id: string): Promise<number | undefined> {
  const bytes = await store.get(cancelKey(what, id))
  return bytes === undefined ? undefined : CancelOrder.parse(JSON.parse(bytes.toString())).at
}

/** What was ordered of an edit or a batch; `id` of a retry or a budget is the batch and its number. */
export type Order = { what: Canceled | 'retry' | 'budget'; id: string }

/** What was ordered in the hour of `at` (epoch ms). */
export async function* ordersIn(store: Pick<Store, 'list'>, at: number): AsyncGenerator<Order> {
  const prefix = ordersPrefix(at)
  for await (const { key } of store.list(prefix)) {
    const [what, ...id] = key.slice(prefix.length).split('/')
    if (what === 'edit' || what === 'batch' || what === 'retry' || what === 'budget')
      yield { what, id: id.join('/') }
  }
}
