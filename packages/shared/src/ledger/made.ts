import { Batch } from '../contract/batch.ts'
import { type FilingLists, openFilingLists } from './filing.ts'
import { type LedgerContext, whyUnreadable } from './record.ts'

/** A batch, or an edit that came alone, and when it was made (epoch ms). */
export type Made = { id: string; at: number }

export type MadeKind = 'batches' | 'singles'

/** A place in a list: after what was made then and has this id, or before a time. */
export type Before = { at: number; id?: string }

/** What the ledger has under a batch's id; `failures`: how many of its rows failed, by code. */
export type BatchRecord =
  | { kind: 'batch'; batch: Batch; failures: ReadonlyMap<string, number> }
  | { kind: 'none' }
  | { kind: 'unreadable'; why: string }

/** What each producer has made, as lists of it, and what is to be stored of it. */
export type MadeLists = FilingLists & {
  /** Up to `limit` of what a producer has made, the newest first; those of one millisecond by their ids, backwards. */
  listMade(kind: MadeKind, producer: string, before: Before, limit: number): Promise<Made[]>
  /** One that cannot be read hides none of the others. */
  readBatches(ids: readonly string[]): Promise<BatchRecord[]>
  /** Takes out of all lists what was made before then (epoch ms) and is forgotten by now. */
  trimMade(before: number): Promise<void>
}

export const openMadeLists = (context: LedgerContext): MadeLists => ({
  ...openFilingLists(context),
  listMade: async (kind, producer, before, limit) => {
    const { keys, run } = context
    const flat = (await run('list-made', [keys[kind](producer)], { before, limit })) as string[]
    return flat.flatMap((id, i) => (i % 2 === 0 ? [{ id, at: Number(flat[i + 1]) }] : []))
  },
  readBatches: async (ids) => {
    const pipeline = context.redis.pipeline()
    for (const id of ids) pipeline.hgetall(context.keys.batch(id))
    return ((await pipeline.exec()) ?? []).map(([error, fields]): BatchRecord => {
      if (error !== null) return { kind: 'unreadable', why: error.message }
      return batchOf(fields as Record<string, string>)
    })
  },
  trimMade: async (before) => {
    for (const producer of await context.redis.smembers(context.keys.producers)) {
      await trimIndex(context, context.keys.batches(producer), context.keys.batch, before)
      await trimIndex(context, context.keys.singles(producer), context.keys.edit, before)
    }
  },
})

const failuresPrefix = 'failures:'

function batchOf(fields: Record<string, string>): BatchRecord {
  if (fields['id'] === undefined) return { kind: 'none' }
  const read = Batch.safeParse(fields)
  if (!read.success) return { kind: 'unreadable', why: whyUnreadable(read.error) }
  const failures = Object.entries(fields).flatMap(([name, rows]) =>
    name.startsWith(failuresPrefix) ? [[name.slice(failuresPrefix.length), Number(rows)] as const] : [],
  )
  return { kind: 'batch', batch: read.data, failures: new Map(failures) }
}

/** How many entries of an index are looked at in one call. */
const trimmedAtOnce = 500

async function trimIndex(
  { redis }: LedgerContext,
  index: string,
  keyOf: (id: string) => string,
  before: number,
): Promise<void> {
  for (let kept = 0; ;) {
    const ids = await redis.zrangebyscore(index, '-inf', before, 'LIMIT', kept, trimmedAtOnce)
    if (ids.length === 0) return
    const pipeline = redis.pipeline()
    for (const id of ids) pipeline.exists(keyOf(id))
    const answers = (await pipeline.exec()) ?? []
    const gone = ids.filter((_, i) => answers[i]?.[0] === null && answers[i][1] === 0)
    if (gone.length > 0) await redis.zrem(index, ...gone)
    kept += ids.length - gone.length
  }
}
