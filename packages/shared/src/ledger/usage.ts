import { amountName, type Currency, Currency as Currencies } from '../contract/money.ts'
import type { RedisClient } from '../redis/redis-client.ts'
import type { UsageLine } from '../contract/account.ts'

/**
 * What edits of a lane and a batch cost in a day: billed, and reserved but free again without a bill. `batch`: '-' of edits that
 * came alone, '+' of batches beyond a day's bound.
 */
export type UsageEntry = {
  lane: string
  batch: string
  currency: Currency
  micros: number
  releasedMicros: number
  images: number
}

type Amounts = Partial<Record<Currency, number>>

/**
 * A producer's day. `reserved`: what may still be billed of its edits; `billed`: the ledger's own count of what was, which its cap of
 * a day is held against. The entries come to the same, unless they were read while something was billed.
 */
export type DayUsage = {
  entries: UsageEntry[]
  reserved: Amounts
  billed: Amounts
  lines: UsageLine[]
}

const fieldsAtOnce = 1000

/** Reads a day in slices, however many lines it has. */
export async function readDay(redis: RedisClient, key: string): Promise<DayUsage> {
  const fields = new Map<string, number>()
  let cursor = '0'
  do {
    const [next, flat] = await redis.hscan(key, cursor, 'COUNT', fieldsAtOnce)
    for (let i = 0; i < flat.length; i += 2) fields.set(flat[i] ?? '', Number(flat[i + 1]))
    cursor = next
  } while (cursor !== '0')
  return dayOf(fields)
}

/** A day out of its fields: sums by name, lines, and what was carried of lines. */
export function dayOf(fields: ReadonlyMap<string, number>): DayUsage {
  const lines = new Map<string, number>()
  for (const [field, sum] of fields) {
    const name = field.replace(/^carried /, '')
    if (name.includes(' ')) lines.set(name, (lines.get(name) ?? 0) + sum)
  }
  const amounts = (what: 'reserved' | 'billed'): Amounts =>
    Object.fromEntries(
      Currencies.options.flatMap((currency) => {
        const sum = fields.get(amountName(what, currency)) ?? 0
        return sum === 0 ? [] : [[currency, sum]]
      }),
    )
  return {
    entries: entriesOf(lines),
    reserved: amounts('reserved'),
    billed: amounts('billed'),
    lines: [...lines].map(([name, sum]) => ({ name, sum })).filter(({ sum }) => sum !== 0),
  }
}

/** Images belong to the one currency that their lane bills in. */
function entriesOf(lines: ReadonlyMap<string, number>): UsageEntry[] {
  const entries = new Map<string, UsageEntry>()
  const entryOf = (lane: string, batch: string, currency: Currency): UsageEntry => {
    const name = `${lane} ${batch} ${currency}`
    const entry = entries.get(name) ?? { lane, batch, currency, micros: 0, releasedMicros: 0, images: 0 }
    entries.set(name, entry)
    return entry
  }
  const split = [...lines].map(([name, sum]) => ({ sum, parts: name.split(' ') }))
  for (const { sum, parts } of split) {
    const [amount = '', lane = '', batch = ''] = parts
    const [what, currency = 'CNY'] = amount.split('.')
    if (what === 'billed') entryOf(lane, batch, Currencies.parse(currency)).micros += sum
    if (what === 'released') entryOf(lane, batch, Currencies.parse(currency)).releasedMicros += sum
  }
  for (const { sum, parts } of split) {
    const [amount, lane = '', batch = ''] = parts
    if (amount !== 'images') continue
    const billed = Currencies.options.find((currency) => entries.has(`${lane} ${batch} ${currency}`))
    entryOf(lane, batch, billed ?? 'CNY').images += sum
  }
  return [...entries.values()].filter(
    ({ micros, releasedMicros, images }) => micros !== 0 || releasedMicros !== 0 || images !== 0,
  )
}
