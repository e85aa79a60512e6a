import { Currency } from '@restyle/shared/contract/money'
import type { DayUsage } from '@restyle/shared/ledger/usage'

/** By what usage is listed. */
export const groupings = ['day', 'batch', 'lane', 'producer'] as const
export type Grouping = (typeof groupings)[number]

/** A day of a producer. */
export type ProducerDay = { producer: string; day: string; usage: DayUsage }

/** What a group cost in one currency. Money in micro-currency. */
export type UsageRow = {
  name: string
  currency: Currency
  micros: number
  reservedMicros: number
  releasedMicros: number
  images: number
}

/**
 * Sums of days, by currency and group; money of two currencies is never in one of them. `ledgerMicros`: what the ledger itself counts
 * as billed, which caps are held against.
 */
export type UsageSums = { rows: UsageRow[]; totals: (UsageRow & { ledgerMicros: number })[] }

const nothing = { micros: 0, reservedMicros: 0, releasedMicros: 0, images: 0 }

/** Adds days up as they are read. What is reserved is known of days and producers only. */
export function openSums(by: Grouping): { add(day: ProducerDay): void; sums(): UsageSums } {
  const rows = new Map<string, UsageRow>()
  const totals = new Map<string, UsageRow>()
  const counted: Record<Currency, number> = { CNY: 0, USD: 0 }
  const addTo = (map: Map<string, UsageRow>, name: string, more: Omit<UsageRow, 'name'>): void => {
    const key = `${name} ${more.currency}`
    const row = map.get(key) ?? { name, ...nothing, currency: more.currency }
    row.micros += more.micros
    row.reservedMicros += more.reservedMicros
    row.releasedMicros += more.releasedMicros
    row.images += more.images
    map.set(key, row)
  }
  return {
    add: ({ producer, day, usage }) => {
      for (const { lane, batch, ...amounts } of usage.entries) {
        const more = { ...amounts, reservedMicros: 0 }
        addTo(rows, { day, batch, lane, producer }[by], more)
        addTo(totals, '', more)
      }
      for (const currency of Currency.options) {
        counted[currency] += usage.billed[currency] ?? 0
        const reservedMicros = usage.reserved[currency] ?? 0
        if (reservedMicros === 0) continue
        const more = { ...nothing, currency, reservedMicros }
        if (by === 'day' || by === 'producer') addTo(rows, { day, producer }[by], more)
        addTo(totals, '', more)
      }
    },
    sums: () => ({
      rows: [...rows.values()].toSorted(inOrder),
      totals: [...totals.values()]
        .toSorted(inOrder)
        .map((total) => ({ ...total, ledgerMicros: counted[total.currency] })),
    }),
  }
}

/** The place of a row in its list, which a page ends at. */
export const placeOf = ({ name, currency }: Pick<UsageRow, 'name' | 'currency'>): string =>
  `${name} ${currency}`

const inOrder = (a: UsageRow, b: UsageRow): number => (placeOf(a) < placeOf(b) ? -1 : 1)
