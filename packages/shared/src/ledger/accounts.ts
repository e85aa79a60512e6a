import type { NumberedSettings, Recalled } from '../contract/account.ts'
import type { Budget } from '../contract/money.ts'
import { Caps, capsByKind, defaultSettings, limitNames } from '../contract/producer.ts'
import { jsonOf } from '../contract/json-of.ts'
import { daysFrom } from '../days.ts'
import type { BatchSteered } from './control.ts'
import type { Answer, LedgerContext } from './record.ts'
import { readDay, type DayUsage } from './usage.ts'

/** Reads in the bucket what it knows of a producer. */
export type Recall = (producer: string) => Promise<Recalled>

/** What producers and batches may cost, and what they have cost. Money in micro-currency. */
export type Accounts = {
  /** Every producer that ever had an API key, by name. */
  listProducers(): Promise<string[]>
  /** What an admin has set for a producer, and since which version; undefined for one that never had an API key. */
  readProducer(name: string): Promise<NumberedSettings | undefined>
  /** Sets all of it, from the next admission on. The bucket must have this version. `known`: a newer one is there. */
  setProducer(name: string, settings: NumberedSettings): Promise<'set' | 'known'>
  /** Has the ledger know which day it is for a producer at `now` (epoch ms), and what the bucket remembers of it. */
  know(producer: string, now: number): Promise<void>
  /** Sets what a batch may cost; undefined: nobody says. `number` of the decision, from 1. The bucket must have it. */
  setBudget(batch: string, budget: Budget | undefined, number: number): Promise<BudgetSet>
  /** What a producer has had in all: reserved, billed, images, by name. */
  spendOf(producer: string): Promise<Readonly<Record<string, number>>>
  /** How many of its edits are open: accepted, and not ended; rows of batches that rest are among them. */
  openEditsOf(producer: string): Promise<number>
  /** What it has had on one of its days, with its lines. */
  usageOf(producer: string, day: string): Promise<DayUsage>
  /** Up to `limit` days of producers of which the bucket has no record yet. `at`: when (epoch µs) they last changed. */
  changedUsage(limit: number): Promise<{ producer: string; day: string; at: string }[]>
  /** The bucket has a record of how it was at `at`; it stays here for so many seconds more. */
  settleUsage(changed: { producer: string; day: string; at: string }, keptSeconds: number): Promise<void>
}

/** `known`: this decision, or a later one, was there. */
export type BudgetSet = Extract<BatchSteered, { kind: 'done' }> | { kind: 'set' | 'known' | 'none' }

/** Days that the ledger is told at a time: it asks again when they are over. */
const daysTold = 10

const dayMs = 24 * 3600_000

export function openAccounts(context: LedgerContext, recall?: Recall): Accounts {
  const { redis, keys, run } = context
  return {
    listProducers: async () => (await redis.smembers(keys.producers)).toSorted(),
    readProducer: (name) => readProducer(context, name),
    setProducer: async (producer, settings) =>
      (await run('set-producer', [keys.producer(producer)], {
        producer,
        settings: settingsFields(settings),
      })) as 'set' | 'known',
    know: (producer, now) => know(context, recall, producer, now),
    setBudget: async (batch, budget, number) => {
      const [kind, mark] = (await run('set-budget', [keys.batch(batch)], {
        batch,
        number,
        ...(budget === undefined ? {} : { budget: JSON.stringify(budget) }),
      })) as Answer
      return kind === 'done'
        ? { kind, mark: String(mark) }
        : { kind: kind as Exclude<BudgetSet['kind'], 'done'> }
    },
    spendOf: async (producer) =>
      Object.fromEntries(
        Object.entries(await redis.hgetall(keys.spend(producer))).map(([name, sum]) => [name, Number(sum)]),
      ),
    openEditsOf: async (producer) => {
      const open = Number((await redis.hget(keys.spend(producer), 'open')) ?? 0)
      // those that an older version accepted were not counted, and count when they end
      if (open < 0) await redis.hincrby(keys.spend(producer), 'open', -open)
      return Math.max(0, open)
    },
    usageOf: (producer, day) => readDay(redis, keys.usage(producer, day)),
    changedUsage: async (limit) => {
      const flat = await redis.zrange(keys.usageChanged, '0', String(limit - 1), 'WITHSCORES')
      return flat.flatMap((name, i) => {
        const [producer, day] = name.split(' ')
        return i % 2 === 1 || producer === undefined || day === undefined
          ? []
          : [{ producer, day, at: flat[i + 1] ?? '' }]
      })
    },
    settleUsage: async ({ producer, day, at }, keptSeconds) => {
      await run('settle-usage', [keys.usageChanged], { day: `${producer} ${day}`, at, keptSeconds })
    },
  }
}

async function readProducer(
  { redis, keys }: LedgerContext,
  name: string,
): Promise<NumberedSettings | undefined> {
  if ((await redis.sismember(keys.producers, name)) === 0) return undefined
  const [version, weight, caps, zone, ...numbers] = await redis.hmget(
    keys.producer(name),
    'settings',
    'weight',
    'capsSet',
    'zone',
    ...limitNames,
  )
  const set = limitNames.flatMap((limit, i) => (numbers[i] == null ? [] : [[limit, Number(numbers[i])]]))
  return {
    version: Number(version ?? 0),
    weight: Number(weight ?? defaultSettings.weight),
    caps: caps == null ? [] : jsonOf(Caps).parse(caps),
    zone: zone ?? defaultSettings.zone,
    ...(Object.fromEntries(set) as Partial<Record<(typeof limitNames)[number], number>>),
  }
}

/** As the scripts take them: caps by kind and currency, for them, and as they were set, for whoever reads them. */
function settingsFields({ caps, ...settings }: NumberedSettings) {
  const set =
    caps.length === 0 ? {} : { caps: JSON.stringify(capsByKind(caps)), capsSet: JSON.stringify(caps) }
  return { ...settings, ...set }
}

/** Lines that are taken over in one call. */
const linesAtOnce = 500

async function know(
  { redis, keys, run }: LedgerContext,
  recall: Recall | undefined,
  producer: string,
  now: number,
): Promise<void> {
  const { settings, totals = {}, days = [] } = (await recall?.(producer)) ?? {}
  for (const { day, lines } of days)
    for (let from = 0; from < lines.length; from += linesAtOnce)
      await run('carry-usage', [keys.usage(producer, day)], {
        producer,
        lines: lines.slice(from, from + linesAtOnce),
      })
  let zone = settings?.zone ?? (await redis.hget(keys.producer(producer), 'zone')) ?? defaultSettings.zone
  for (;;) {
    // from the day before, as whoever asks may have a clock that is behind
    const told = daysFrom(zone, now - dayMs, daysTold)
    const text = told.map(({ day, startsAt }) => `${startsAt}=${day}`)
    const known = await run('know-producer', [keys.producer(producer)], {
      producer,
      zone,
      days: [...text, `${told.at(-1)?.endsAt ?? now}=`].join(' '),
      totals,
      ...(settings === undefined ? {} : { settings: settingsFields(settings) }),
    })
    if (known === zone) return
    zone = String(known)
  }
}
