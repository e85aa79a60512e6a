import { Batch } from '../contract/batch.ts'
import type { NewBatch } from '../contract/new-edit.ts'
import { type LedgerContext, toFields, unreadable, whyUnreadable } from './record.ts'

/** `known`: the same id with the same body is there already; `conflict`: with another body. */
export type BatchCreated = 'created' | 'known' | 'conflict'

/** Opens a batch of `total` rows; its rows are accepted afterwards, in any number of calls. */
export async function createBatch({ keys, run }: LedgerContext, batch: NewBatch): Promise<BatchCreated> {
  return (await run('create-batch', [keys.batch(batch.id)], { batch: toFields(batch) })) as BatchCreated
}

/** undefined if there is none. Throws `Unreadable`. */
export async function readBatch({ redis, keys }: LedgerContext, id: string): Promise<Batch | undefined> {
  const fields = await redis.hgetall(keys.batch(id))
  if (fields['id'] === undefined) return undefined
  const read = Batch.safeParse(fields)
  if (!read.success) throw unreadable('batch', id, whyUnreadable(read.error))
  return read.data
}

/** The state of every row, one byte each (see `mapByte`); `\0` for a row not yet accepted. */
export async function readMap({ redis, keys }: LedgerContext, id: string): Promise<string> {
  return (await redis.get(keys.batchMap(id))) ?? ''
}

/** Rows are numbered from 0; their edits are named after them, so that no index is needed. */
export const editIdOfRow = (batch: string, row: number): string => `${batch}-${row}`
