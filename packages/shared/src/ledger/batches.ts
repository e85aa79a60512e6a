import type { Hours } from '../zone/window.ts'
import { Batch } from '../contract/batch.ts'
import type { NewBatch } from '../contract/new-edit.ts'
import type { Priority } from '../contract/priority.ts'
import { type Answer, type LedgerContext, toFields, unreadable, whyUnreadable } from './record.ts'
import { readClock } from './upkeep.ts'
import { askOfWindow, placeOfWindow } from './windows.ts'

/** `known`: the same id with the same body is there already; `conflict`: with another body. */
export type BatchOpened = 'created' | 'known' | 'conflict'

/** Opens a batch; its rows come afterwards, in any number of calls. Without a `total` it stays open until it is closed. */
export async function openBatch(context: LedgerContext, batch: NewBatch): Promise<BatchOpened> {
  const { keys, run } = context
  const { fields, ...more } = batch.window === undefined ? {} : await windowFields(context, batch.window)
  const ask = { batch: toFields({ ...batch, ...fields }), ...more }
  return (await run('open-batch', [keys.batch(batch.id)], ask)) as BatchOpened
}

/** Where its window stands when a batch is opened. */
async function windowFields(context: LedgerContext, hours: Hours) {
  const now = await readClock(context)
  const { closesAt, stop } = askOfWindow(placeOfWindow(hours, now))
  if (stop === undefined) return { fields: { closesAt } }
  const stops = { window: { at: String(now), ...stop } }
  return { fields: { closesAt, stops }, opensAt: stop.untilAt }
}

/**
 * Says how many rows a batch has; from then on it can end. `mismatch`: it has taken another number, or was closed with
 * another. `none`: there is no such batch.
 */
export async function closeBatch(
  { keys, run }: LedgerContext,
  batch: string,
  total: number,
): Promise<{ kind: 'closed' | 'known' | 'mismatch' | 'none'; accepted: number }> {
  const [kind, accepted] = (await run('close-batch', [keys.batch(batch)], { batch, total })) as Answer
  return { kind: kind as 'closed' | 'known' | 'mismatch' | 'none', accepted: Number(accepted) }
}

/**
 * Gives a batch another priority: what rests of it and what is queued goes by it at once, but no edit is moved that was
 * admitted. False where there is no such batch. A call that fails halfway is to be repeated.
 */
export async function setPriority(
  { keys, run }: LedgerContext,
  batch: string,
  priority: Priority,
): Promise<boolean> {
  for (let cursor: unknown = '0'; ;) {
    const [kind, next] = (await run('set-priority', [keys.batch(batch)], {
      batch,
      priority,
      cursor,
    })) as Answer
    if (kind === 'none') return false
    if (next === '0') return true
    cursor = next
  }
}

/** undefined if there is none. Throws `Unreadable`. */
export async function readBatch({ redis, keys }: LedgerContext, id: string): Promise<Batch | undefined> {
  const fields = await redis.hgetall(keys.batch(id))
  if (fields['id'] === undefined) return undefined
  const read = Batch.safeParse(fields)
  if (!read.success) throw unreadable('batch', id, whyUnreadable(read.error))
  return read.data
}

/** How batches are called, and the schedules that they are runs of, by their ids; those that are not known any more are left out. */
export async function readBatchNames(
  { redis, keys }: LedgerContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Pick<Batch, 'name' | 'schedule'>>> {
  const names = await Promise.all(
    ids.map(async (id) => [id, await redis.hmget(keys.batch(id), 'id', 'name', 'schedule')] as const),
  )
  return new Map(
    names.flatMap(([id, [known, name, schedule]]) =>
      known == null
        ? []
        : [[id, BatchName.parse({ name: name ?? undefined, schedule: schedule ?? undefined })]],
    ),
  )
}
const BatchName = Batch.pick({ name: true, schedule: true })

/** Rows are numbered from 0; their edits are named after them, so that no index is needed. */
export const editIdOfRow = (batch: string, row: number): string => `${batch}-${row}`

/** Which row an edit is; undefined for one that came alone. */
export function rowOfEditId(id: string): { batch: string; row: number } | undefined {
  const [, batch, row] = /^([^-]+)-(\d{1,9})$/.exec(id) ?? []
  return batch === undefined ? undefined : { batch, row: Number(row) }
}

/** The edit of a row that was retried; `take` counts from 1. */
export const editIdOfTake = (batch: string, row: number, take: number): string =>
  take === 1 ? editIdOfRow(batch, row) : `${editIdOfRow(batch, row)}-${take}`

/** The takes of a row that had so many at most, the newest first. */
export const newestFirst = (takes: number): number[] => Array.from({ length: takes }, (_, i) => takes - i)

/** Which row an edit is, and the how manieth of its edits; undefined for one that came alone. */
export function takeOfEditId(id: string): { batch: string; row: number; take: number } | undefined {
  const [, batch, row, take = '1'] = /^([^-]+)-(\d{1,9})(?:-(\d{1,4}))?$/.exec(id) ?? []
  return batch === undefined ? undefined : { batch, row: Number(row), take: Number(take) }
}
