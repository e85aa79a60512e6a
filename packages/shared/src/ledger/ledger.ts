import type { Redis } from 'ioredis'
import type { Batch } from '../contract/batch.ts'
import { Edit } from '../contract/edit.ts'
import type { NewBatch, NewEdit } from '../contract/new-edit.ts'
import { accept, type Accepted } from './accept.ts'
import { admit, type Admission, type Admitted } from './admit.ts'
import { createBatch, readBatch, readMap } from './batches.ts'
import { type Held, listHeld } from './held.ts'
import { ledgerKeys } from './keys.ts'
import { type Lanes, openLanes } from './lanes.ts'
import { type Change, move, type Moved } from './move.ts'
import { restore, type Restored } from './restore.ts'

/**
 * The truth about every edit. Queues are only wake-ups: whatever they hold, an edit is where the ledger says, and it
 * moves only by one of three scripts (`accept`, `admit`, `move`), each all or nothing.
 */
export type Ledger = {
  redis: Redis
  prefix: string
  lanes: Lanes
  accept(edits: NewEdit[]): Promise<Accepted[]>
  createBatch(batch: NewBatch): Promise<Accepted>
  admit(edit: Edit, ask: Admission): Promise<Admitted>
  move(edit: Edit, change: Change): Promise<Moved>
  /** Puts back an edit that the ledger has forgotten. */
  restore(edit: NewEdit, at: Restored): Promise<'restored' | 'known'>
  read(id: string): Promise<Edit | undefined>
  /** Whether each id is an edit's or a batch's that the ledger knows. */
  known(ids: string[]): Promise<boolean[]>
  readMany(ids: string[]): Promise<(Edit | undefined)[]>
  readBatch(id: string): Promise<Batch | undefined>
  readMap(batch: string): Promise<string>
  /** Up to `limit` of a producer's edits in `review`, the longest held first, behind `after`. */
  held(producer: string, after: Held | undefined, limit: number): Promise<Held[]>
  /** Keeps tasks for an edit in doubt, so that no other takes them for its own. */
  claimTasks(edit: Edit, taskIds: readonly string[]): Promise<void>
  /** Which edit a task belongs to, as far as the ledger knows. */
  ownerOf(lane: string, taskIds: string[]): Promise<(string | undefined)[]>
  /** Epoch ms on Redis's clock, the only clock that all workers share. */
  now(): Promise<number>
  /** Open edits whose wake-up should have come by `now` (epoch ms), oldest first. */
  overdue(now: number, limit: number): Promise<string[]>
  /** Looked at: do not look again before `at` (epoch ms). */
  postpone(ids: string[], at: number): Promise<void>
}

export function openLedger(redis: Redis, prefix: string): Ledger {
  const keys = ledgerKeys(prefix)
  return {
    redis,
    prefix,
    lanes: openLanes(redis, prefix),
    accept: (edits) => accept(redis, prefix, edits),
    createBatch: (batch) => createBatch(redis, prefix, batch),
    admit: (edit, ask) => admit(redis, prefix, edit, ask),
    move: (edit, change) => move(redis, prefix, edit, change),
    restore: (edit, at) => restore(redis, prefix, edit, at),
    read: async (id) => parse(await redis.hgetall(keys.edit(id))),
    known: async (ids) => {
      const pipeline = redis.pipeline()
      for (const id of ids) pipeline.exists(keys.edit(id), keys.batch(id))
      return ((await pipeline.exec()) ?? []).map(([error, count]) => {
        if (error !== null) throw error
        return Number(count) > 0
      })
    },
    readMany: async (ids) => {
      const pipeline = redis.pipeline()
      for (const id of ids) pipeline.hgetall(keys.edit(id))
      const answers = (await pipeline.exec()) ?? []
      return answers.map(([error, fields]) => {
        if (error !== null) throw error
        return parse(fields as Record<string, string>)
      })
    },
    readBatch: (id) => readBatch(redis, prefix, id),
    readMap: (batch) => readMap(redis, prefix, batch),
    held: (producer, after, limit) => listHeld(redis, prefix, producer, after, limit),
    claimTasks: async (edit, taskIds) => {
      for (const id of taskIds) await redis.set(keys.task(edit.lane ?? '', id), edit.id, 'EX', 172_800, 'NX')
    },
    ownerOf: async (lane, taskIds) => {
      if (taskIds.length === 0) return []
      return (await redis.mget(taskIds.map((id) => keys.task(lane, id)))).map((owner) => owner ?? undefined)
    },
    now: async () => {
      const [seconds, micros] = await redis.time()
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
    },
    overdue: (now, limit) => redis.zrangebyscore(keys.due, '-inf', now, 'LIMIT', 0, limit),
    postpone: async (ids, at) => {
      if (ids.length > 0) await redis.zadd(keys.due, 'XX', ...ids.flatMap((id) => [at, id]))
    },
  }
}

const parse = (fields: Record<string, string>): Edit | undefined =>
  fields['id'] === undefined ? undefined : Edit.parse(fields)
