import { promisify } from 'node:util'
import { createHash } from 'node:crypto'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { mapByte } from '../contract/edit-state.ts'
import { ordersPrefix, retriesPrefix, retryKey } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

/** What is retried of a batch, and how. `codes`: only rows that failed with one of these. */
export const RetryRequest = z.object({
  codes: z.array(z.string()).optional(),
  prompt: z.string().optional(),
  seed: z.int().optional(),
  size: z.string().optional(),
})
export type RetryRequest = z.infer<typeof RetryRequest>

const RetryOrder = z.object({
  v: z.literal(1),
  at: z.number(),
  /** Whose repeat it is: the Idempotency-Key it came with. */
  key: z.string().optional(),
  /** How many rows it named. */
  rows: z.int(),
  request: RetryRequest,
})

/** An order as the bucket keeps it: what was asked for, and the batch's map at that time, which tells what had failed. */
export type RetryOrder = z.infer<typeof RetryOrder> & { map: string }

/**
 * Writes an order down before the ledger hears of it: under its number, and by the hour for whoever looks what a ledger
 * that lost data may have forgotten. `taken`: another order has this number.
 */
export async function writeRetry(
  store: Store,
  batch: string,
  number: number,
  { map, ...order }: RetryOrder,
): Promise<'written' | 'taken'> {
  const onlyFailed = map.replaceAll(new RegExp(`[^${mapByte.failed}]`, 'g'), '.')
  const bytes = await promisify(gzip)(Buffer.from(`${JSON.stringify(order)}\n${onlyFailed}`))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const { kind } = await store.putIfAbsent(retryKey(batch, number), bytes, {
    contentType: 'application/gzip',
    sha256,
  })
  if (kind === 'collision') return 'taken'
  await putJson(store, `${ordersPrefix(order.at, 'retry')}${batch}/${number}`, { v: 1, at: order.at })
  return 'written'
}

/** Reads an order; undefined where there is none of that number. */
export async function readRetry(
  store: Pick<Store, 'get'>,
  batch: string,
  number: number,
): Promise<RetryOrder | undefined> {
  const object = await store.get(retryKey(batch, number))
  if (object === undefined) return undefined
  const text = (await promisify(gunzip)(object)).toString()
  const line = text.indexOf('\n')
  return { ...RetryOrder.parse(JSON.parse(text.slice(0, line))), map: text.slice(line + 1) }
}

/** The number of the newest order; 0 where there is none. */
export async function newestRetry(store: Pick<Store, 'list'>, batch: string): Promise<number> {
  const prefix = retriesPrefix(batch)
  let newest = 0
  for await (const { key } of store.list(prefix)) newest = Math.max(newest, Number(key.slice(prefix.length)))
  return newest
}

/** The batches that were retried in the hour of `at` (epoch ms), each with the number of the order. */
export async function* retriedIn(
  store: Pick<Store, 'list'>,
  at: number,
): AsyncGenerator<{ batch: string; number: number }> {
  const prefix = ordersPrefix(at, 'retry')
  for await (const { key } of store.list(prefix)) {
    const [batch = '', number] = key.slice(prefix.length).split('/')
    yield { batch, number: Number(number) }
  }
}
