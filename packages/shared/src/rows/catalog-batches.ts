import { z } from 'zod'
import { type Batch, rowsOfBatch } from '../contract/batch.ts'
import { inOrder } from '../in-order.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { acceptancePrefix, catalogPrefix } from '../object-key.ts'
import type { Store } from '../store/store.ts'

/** A catalog of a producer, by its name. */
export type Catalog = { producer: string; name: string }

/** A batch of a catalog. `at`: when it was opened (epoch ms); `key`: the object that says so. */
export type CatalogBatch = { id: string; at: number; key: string }

/** Batches whose records are read at a time. */
const atOnce = 8

/** The batches of a catalog, the newest first, each once. Some of them may never have been promised. */
export async function batchesOfCatalog(
  store: Pick<Store, 'list'>,
  { producer, name }: Catalog,
): Promise<CatalogBatch[]> {
  const prefix = catalogPrefix(producer, name)
  const batches = new Map<string, CatalogBatch>()
  for await (const { key } of store.list(prefix)) {
    const [, at = '', id = ''] = /^(\d{13})-(.+)$/.exec(key.slice(prefix.length)) ?? []
    // one that was sent again has another object; a Map keeps the place of the first, and it was opened once
    if (id !== '') batches.set(id, { id, at: Number(at), key })
  }
  return [...batches.values()].toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
}

/** Those that may get more rows, the newest first. */
export async function openBatchesOf(
  { ledger, store }: { ledger: Pick<Ledger, 'readBatch'>; store: Pick<Store, 'list'> },
  catalog: Catalog,
): Promise<Batch[]> {
  const open: Batch[] = []
  const batches = await batchesOfCatalog(store, catalog)
  for await (const batch of inOrder(batches, atOnce, ({ id }) => ledger.readBatch(id)))
    if (batch !== undefined && batch.total === undefined && batch.canceledAt === undefined) open.push(batch)
  return open
}

const Noted = z.object({ v: z.literal(1), promised: z.number() })

/** Whether a batch that the ledger does not know was promised to somebody. */
export async function wasPromised(store: Pick<Store, 'get' | 'head'>, batch: CatalogBatch): Promise<boolean> {
  const bytes = await store.get(batch.key)
  if (bytes === undefined) return false
  const { promised } = Noted.parse(JSON.parse(bytes.toString()))
  return (await store.head(`${acceptancePrefix(promised)}${batch.id}`)) !== undefined
}

/** How many of its rows count; all that the bucket has where the ledger does not know it. */
export const countedRows = (batch: Batch | undefined): number =>
  batch === undefined ? Number.POSITIVE_INFINITY : rowsOfBatch(batch)
