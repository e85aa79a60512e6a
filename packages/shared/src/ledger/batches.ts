import type { Redis } from 'ioredis'
import { Batch } from '../contract/batch.ts'
import type { NewBatch } from '../contract/new-edit.ts'
import type { Accepted } from './accept.ts'
import { ledgerKeys } from './keys.ts'
import { clock } from './lua.ts'
import { script } from './script.ts'

const createScript = script(`#!lua
${clock}
local known = redis.call('HGET', KEYS[1], 'bodyHash')
if known then return known == ARGV[5] and 'same' or 'conflict' end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'producer', ARGV[2], 'name', ARGV[3], 'total', ARGV[4], 'bodyHash', ARGV[5], 'createdAt', int(now))
return 'accepted'
`)

/** Opens a batch of `total` rows; its rows are accepted afterwards, in any number of calls. */
export async function createBatch(redis: Redis, prefix: string, batch: NewBatch): Promise<Accepted> {
  const key = ledgerKeys(prefix).batch(batch.id)
  const args = [batch.id, batch.producer, batch.name, batch.total, batch.bodyHash]
  return (await createScript(redis, [key], args)) as Accepted
}

export async function readBatch(redis: Redis, prefix: string, id: string): Promise<Batch | undefined> {
  const fields = await redis.hgetall(ledgerKeys(prefix).batch(id))
  return fields['id'] === undefined ? undefined : Batch.parse(fields)
}

/** The state of every row, one byte each (see `mapByte`); `\0` for a row not yet accepted. */
export async function readMap(redis: Redis, prefix: string, id: string): Promise<string> {
  return (await redis.get(ledgerKeys(prefix).map(id))) ?? ''
}

/** Rows are numbered from 0; their edits are named after them, so that no index is needed. */
export const editIdOfRow = (batch: string, row: number): string => `${batch}-${row}`
