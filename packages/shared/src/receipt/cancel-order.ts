import { z } from 'zod'
import { cancelKey, canceledPrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

/** That somebody canceled an edit, and when (epoch ms). */
const CancelOrder = z.object({ v: z.literal(1), at: z.number() })

/**
 * Writes down that an edit is canceled, before the ledger hears of it: twice, beside its receipts for whoever restores
 * it, and by the hour for whoever looks what a ledger that lost data may have forgotten. The first order counts.
 */
export async function writeCancelOrder(store: Store, editId: string, at: number): Promise<void> {
  const order: z.infer<typeof CancelOrder> = { v: 1, at }
  await Promise.all([
    putJson(store, cancelKey(editId), order),
    putJson(store, `${canceledPrefix(at)}${editId}`, order),
  ])
}

/** When an edit was canceled; undefined where it was not. */
export async function readCancelOrder(store: Store, editId: string): Promise<number | undefined> {
  const bytes = await store.get(cancelKey(editId))
  return bytes === undefined ? undefined : CancelOrder.parse(JSON.parse(bytes.toString())).at
}

/** The ids of the edits that were canceled in the hour of `at` (epoch ms). */
export async function* canceledIn(store: Store, at: number): AsyncGenerator<string> {
  const prefix = canceledPrefix(at)
  for await (const { key } of store.list(prefix)) yield key.slice(prefix.length)
}
