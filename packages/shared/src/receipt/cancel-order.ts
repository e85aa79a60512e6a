import { z } from 'zod'
import { cancelKey, ordersPrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

type Canceled = 'edit' | 'batch'

/** That somebody canceled an edit or a batch, and when (epoch ms). */
const CancelOrder = z.object({ v: z.literal(1), at: z.number() })

/**
 * Writes down that an edit or a batch is canceled, before the ledger hears of it: twice, beside its receipts for whoever
 * restores it, and by the hour for whoever looks what a ledger that lost data may have forgotten. The first order of a round
 * counts: `round` says how many retries of the batch were ordered before. One that is ordered later counts more.
 */
export async function writeCancelOrder(
  store: Store,
  what: Canceled,
  id: string,
  at: number,
  round = 0,
): Promise<void> {
  const order: z.infer<typeof CancelOrder> = { v: 1, at }
  await Promise.all([
    putJson(store, cancelKey(what, id, round), order),
    putJson(store, `${ordersPrefix(at)}${what}/${id}${round === 0 ? '' : `/${round}`}`, order),
  ])
}

/** When it was canceled in this round (epoch ms); undefined where it was not. */
export async function readCancelOrder(
  store: Pick<Store, 'get'>,
  what: Canceled,
  id: string,
  round = 0,
): Promise<number | undefined> {
  const bytes = await store.get(cancelKey(what, id, round))
  return bytes === undefined ? undefined : CancelOrder.parse(JSON.parse(bytes.toString())).at
}

/**
 * What was ordered of an edit or a batch. `number`: of the retry or the budget, or how many retries of the batch were ordered before the
 * cancel. `writtenAt`: when the bucket heard of it (epoch ms).
 */
export type Order = { what: Canceled | 'retry' | 'budget'; id: string; number: number; writtenAt: number }

/** What was ordered in the hour of `at` (epoch ms). */
export async function* ordersIn(store: Pick<Store, 'list'>, at: number): AsyncGenerator<Order> {
  const prefix = ordersPrefix(at)
  for await (const { key, modifiedAt: writtenAt } of store.list(prefix)) {
    const [what, id = '', number = 0] = key.slice(prefix.length).split('/')
    if (what === 'edit' || what === 'batch' || what === 'retry' || what === 'budget')
      yield { what, id, number: Number(number), writtenAt }
  }
}
