import type { Budget, Currency } from '../contract/money.ts'
import type { Purse } from './spend.ts'

/**
 * What is left of a budget or a cap: `micros` is all of it, `freeMicros` what is neither billed nor reserved, `aheadMicros` what the
 * edits cost at most that wait already and go before. `isStopped`: it has stopped what it is of.
 */
export type MoneyLeft = Budget & { freeMicros: number; aheadMicros: number; isStopped: boolean } & (
    | { of: 'budget' | 'total' }
    | { of: 'day'; endOf: (at: number) => number }
  )

/** Images, and what one of them costs on each lane that may take them. */
export type Priced = { images: number; prices: readonly Budget[] }

/** What images cost at most in a currency: nobody knows which lane takes them. */
export const mostMicros = (parts: readonly Priced[], currency: Currency): number =>
  parts.reduce((sum, { images, prices }) => sum + images * dearest(prices, currency), 0)

const dearest = (prices: readonly Budget[], currency: Currency): number =>
  prices.reduce((most, price) => (price.currency === currency ? Math.max(most, price.micros) : most), 0)

/**
 * For how many of all rows there is money. A lane that bills in a currency in which nothing is set stops at its first edit. Rows
 * whose price nobody knows are paid from nothing.
 */
export function pursesOf(left: readonly MoneyLeft[], parts: readonly (Priced & { rows: number })[]): Purse[] {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const billed = [...new Set(parts.flatMap(({ prices }) => prices.map(({ currency }) => currency)))]
  const isSet = (of: MoneyLeft['of'], currency: Currency): boolean =>
    left.some((each) => each.of === of && each.currency === currency)
  return left.flatMap((each): Purse[] => {
    if (billed.some((currency) => !isSet(each.of, currency))) return [{ of: 'currency', rows: 0 }]
    const cost = mostMicros(parts, each.currency)
    if (cost === 0) return []
    const paidBy = (money: number): number => Math.floor((money * rows) / cost)
    const free = paidBy(each.freeMicros - each.aheadMicros)
    const now = each.isStopped ? Math.min(0, free) : free
    return each.of === 'day'
      ? [{ of: each.of, rows: now, perDay: paidBy(each.micros), endOf: each.endOf }]
      : [{ of: each.of, rows: now }]
  })
}
