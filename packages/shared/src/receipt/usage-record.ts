import { z } from 'zod'
import type { Recalled, UsageLine } from '../contract/account.ts'
import { dayAfter } from '../days.ts'
import type { Log } from '../log.ts'
import { usageKey, usagePrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'
import { newestSettings } from './producer-settings.ts'

/*
 * What producers have had, day by day, for a Redis that loses all it knows. A record has the whole of a day as it was then; the
 * newest of a day counts. Records are written some minutes after a day has changed.
 */

const sum = z.int().nonnegative()
const UsageRecord = z.object({
  v: z.literal(1),
  /** What the producer had been billed in all by then, of every currency. */
  totals: z.record(z.string(), sum),
  lines: z.array(z.tuple([z.string(), sum])),
})

/** Days are kept in Redis, and looked for in the bucket, for so long. */
export const keptUsageDays = 100

/** Writes how a producer's day stands. `now`: epoch ms. */
export async function writeUsage(
  store: Pick<Store, 'putIfAbsent'>,
  ledger: {
    usageOf(producer: string, day: string): Promise<{ lines: readonly UsageLine[] }>
    spendOf(producer: string): Promise<Readonly<Record<string, number>>>
  },
  { producer, day }: { producer: string; day: string },
  now: number,
): Promise<void> {
  // first, so that no line of this day is in the totals and not in the record
  const spend = await ledger.spendOf(producer)
  const { lines } = await ledger.usageOf(producer, day)
  const totals = Object.fromEntries(Object.entries(spend).filter(([name]) => name.startsWith('billed')))
  const record: z.infer<typeof UsageRecord> = {
    v: 1,
    totals,
    lines: lines.filter(({ sum: of }) => of > 0).map(({ name, sum: of }) => [name, of]),
  }
  await putJson(store, usageKey(producer, day, now), record)
}

/** What the bucket knows of a producer, for a Redis that knows nothing of it (accounts.ts). */
export const openRecall =
  ({ store, log, now }: { store: Pick<Store, 'list' | 'get'>; log: Log; now: () => number }) =>
  async (producer: string): Promise<Recalled> => {
    const said = (key: string, error: unknown): void =>
      log.error({ producer, key, err: error }, 'record of a producer cannot be read, and an older one counts')
    const settings = await newestSettings(store, producer, said)
    const oldest = dayAfter(new Date(now()).toISOString().slice(0, 10), -keptUsageDays)
    const recordsOfDay = await listRecords(store, producer, oldest)
    const days: Recalled['days'][number][] = []
    const totals: Record<string, number> = {}
    for (const [day, keys] of recordsOfDay) {
      const record = await readNewest(store, keys, said)
      if (record === undefined) continue
      days.push({ day, lines: record.lines.map(([name, of]) => ({ name, sum: of })) })
      for (const [name, total] of Object.entries(record.totals))
        totals[name] = Math.max(totals[name] ?? 0, total)
    }
    return { ...(settings === undefined ? {} : { settings }), totals, days }
  }

/** The keys of each day's records, the oldest first. */
async function listRecords(
  store: Pick<Store, 'list'>,
  producer: string,
  oldest: string,
): Promise<Map<string, string[]>> {
  const prefix = usagePrefix(producer)
  const days = new Map<string, string[]>()
  for await (const { key } of store.list(prefix, { after: `${prefix}${oldest}` })) {
    const day = key.slice(prefix.length).split('/')[0] ?? ''
    days.set(day, [...(days.get(day) ?? []), key])
  }
  return days
}

async function readNewest(
  store: Pick<Store, 'get'>,
  keys: readonly string[],
  said: (key: string, error: unknown) => void,
): Promise<z.infer<typeof UsageRecord> | undefined> {
  for (const key of keys.toReversed()) {
    try {
      const text = (await store.get(key))?.toString()
      if (text !== undefined) return UsageRecord.parse(JSON.parse(text))
    } catch (error) {
      if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) throw error
      said(key, error)
    }
  }
  return undefined
}
