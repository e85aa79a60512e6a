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
  images: number
}

/** Sums of days, by currency and group; money of two currencies is never in one of them. */
export type UsageSums = { rows: UsageRow[]; totals: UsageRow[] }

/** Adds days up as they are read. What is reserved is known of days and producers only. */
export function openSums(by: Grouping): { add(day: ProducerDay): void; sums(): UsageSums } {
  const rows = new Map<string, UsageRow>()
  const totals = new Map<string, UsageRow>()
  const addTo = (map: Map<string, UsageRow>, name: string, more: Omit<UsageRow, 'name'>): void => {
    const key = `${name} ${more.currency}`
    const row = map.get(key) ?? { name, currency: more.currency, micros: 0, reservedMicros: 0, images: 0 }
    row.micros += more.micros
    row.reservedMicros += more.reservedMicros
    row.images += more.images
    map.set(key, row)
  }
  return {
    add: ({ producer, day, usage }) => {
      for (const { lane, batch, currency, micros, images } of usage.entries) {
        const more = { currency, micros, images, reservedMicros: 0 }
        addTo(rows, { day, batch, lane, producer }[by], more)
        addTo(totals, '', more)
      }
      for (const currency of Currency.options) {
        const reservedMicros = usage.reserved[currency] ?? 0
        if (reservedMicros === 0) continue
        const more = { currency, micros: 0, images: 0, reservedMicros }
        if (by === 'day' || by === 'producer') addTo(rows, { day, producer }[by], more)
        addTo(totals, '', more)
      }
    },
    sums: () => ({
      rows: [...rows.values()].toSorted(inOrder),
      totals: [...totals.values()].toSorted(inOrder),
    }),
  }
}

/** The place of a row in its list, which a page ends at. */
export const placeOf = ({ name, currency }: Pick<UsageRow, 'name' | 'currency'>): string =>
  `${name} ${currency}`

const inOrder = (a: UsageRow, b: UsageRow): number => (placeOf(a) < placeOf(b) ? -1 : 1)
