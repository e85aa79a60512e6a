import { z } from 'zod'
import { RunRows, ScheduleSpec, SkipReason } from '../contract/schedule.ts'
import {
  plannedKey,
  schedulesPrefix,
  scheduleSettingsKey,
  scheduleSettingsPrefix,
  tickKey,
  ticksPrefix,
} from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

/*
 * What the bucket knows of schedules, so that no tick is run twice and none is forgotten where Redis forgets: how each was
 * set, and which ticks were decided. Objects are created once: who creates that of a tick decides it for all.
 */

type Id = { producer: string; name: string }

/** How a schedule was set at `at` (epoch ms). Ticks of before that never count as missed. */
export const ScheduleSettings = z.discriminatedUnion('kind', [
  z.object({
    v: z.literal(1),
    kind: z.literal('set'),
    at: z.number(),
    createdAt: z.number(),
    paused: z.boolean(),
    spec: ScheduleSpec,
  }),
  z.object({ v: z.literal(1), kind: z.literal('removed'), at: z.number() }),
])
export type ScheduleSettings = z.infer<typeof ScheduleSettings>

/** Writes down how a schedule is set, before the ledger hears of it. `taken`: it was set otherwise under this number. */
export async function writeSettings(
  store: Pick<Store, 'putIfAbsent'>,
  { producer, name }: Id,
  revision: number,
  settings: ScheduleSettings,
): Promise<'written' | 'taken'> {
  const { kind } = await putJson(store, scheduleSettingsKey(producer, name, revision), settings)
  return kind === 'collision' ? 'taken' : 'written'
}

/** How it was set last, and the number of that. */
export async function newestSettings(
  store: Pick<Store, 'get' | 'list'>,
  { producer, name }: Id,
  after = 0,
): Promise<{ revision: number; settings: ScheduleSettings } | undefined> {
  const prefix = scheduleSettingsPrefix(producer, name)
  let newest: string | undefined
  // from the one on that is known to be there
  const from = after > 1 ? { after: scheduleSettingsKey(producer, name, after - 1) } : {}
  for await (const { key } of store.list(prefix, from)) newest = key
  const bytes = newest === undefined ? undefined : await store.get(newest)
  if (newest === undefined || bytes === undefined) return undefined
  return {
    revision: Number(newest.slice(prefix.length)),
    settings: ScheduleSettings.parse(JSON.parse(bytes.toString())),
  }
}

/** All schedules that were ever set. */
export async function* schedulesIn(store: Pick<Store, 'list'>): AsyncGenerator<Id> {
  let before = ''
  for await (const { key } of store.list(schedulesPrefix)) {
    const [producer = '', name = ''] = key.slice(schedulesPrefix.length).split('/')
    const each = `${producer}/${name}`
    if (each !== before) yield { producer, name }
    before = each
  }
}

/** What was decided of a tick. `ticks`: it stands for so many that were skipped, the last of them at `tick`. */
export const TickReceipt = z.object({
  v: z.literal(1),
  tick: z.number(),
  asked: z.literal(true).exactOptional(),
  outcome: z.enum(['started', 'queued', 'skipped']),
  reason: SkipReason.exactOptional(),
  ticks: z.int().exactOptional(),
  batch: z.string().exactOptional(),
  at: z.number(),
})
export type TickReceipt = z.infer<typeof TickReceipt>

/** Decides a tick, for ever; gives what was decided first. */
export async function decideTick(
  store: Pick<Store, 'putIfAbsent' | 'get'>,
  { producer, name }: Id,
  run: string,
  receipt: TickReceipt,
): Promise<TickReceipt> {
  const { kind } = await putJson(store, tickKey(producer, name, run), receipt)
  return kind === 'collision' ? ((await readTick(store, { producer, name }, run)) ?? receipt) : receipt
}

export async function readTick(
  store: Pick<Store, 'get'>,
  { producer, name }: Id,
  run: string,
): Promise<TickReceipt | undefined> {
  const bytes = await store.get(tickKey(producer, name, run))
  return bytes === undefined ? undefined : TickReceipt.parse(JSON.parse(bytes.toString()))
}

/** How a run was planned: its rows, or why it came to nothing. */
export const RunPlanned = z.object({
  v: z.literal(1),
  at: z.number(),
  rows: RunRows.exactOptional(),
  /** What was left out of its catalog. */
  left: z.string().exactOptional(),
  failed: z.string().exactOptional(),
})
export type RunPlanned = z.infer<typeof RunPlanned>

/** Notes how a run was planned; gives what was noted first. */
export async function notePlanned(
  store: Pick<Store, 'putIfAbsent' | 'get'>,
  id: Id,
  run: string,
  planned: RunPlanned,
): Promise<RunPlanned> {
  const { kind } = await putJson(store, plannedKey(id.producer, id.name, run), planned)
  return kind === 'collision' ? ((await readPlanned(store, id, run)) ?? planned) : planned
}

export async function readPlanned(
  store: Pick<Store, 'get'>,
  { producer, name }: Id,
  run: string,
): Promise<RunPlanned | undefined> {
  const bytes = await store.get(plannedKey(producer, name, run))
  return bytes === undefined ? undefined : RunPlanned.parse(JSON.parse(bytes.toString()))
}

/** The ids of runs that were decided for ticks after `after` (epoch ms), in their order; no runs that somebody asked for. */
export async function ticksDecided(
  store: Pick<Store, 'list'>,
  { producer, name }: Id,
  after: number,
): Promise<string[]> {
  const prefix = ticksPrefix(producer, name)
  const ids: string[] = []
  for await (const { key } of store.list(prefix, { after: `${prefix}${new Date(after).toISOString()}` })) {
    const id = key.slice(prefix.length)
    // those that were asked for come behind all years
    if (!/^\d/.test(id)) break
    if (!id.endsWith('.planned')) ids.push(id)
  }
  return ids
}
