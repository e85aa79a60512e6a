import { z } from 'zod'

/** Money of one currency is never added to that of another. */
export const Currency = z.enum(['CNY', 'USD'])
export type Currency = z.infer<typeof Currency>

/** More than anybody spends, and so little that sums of it are exact. */
const mostMicros = 1_000_000_000_000_000

/** What something may cost at most, in micro-currency. */
export const Budget = z
  .strictObject({
    currency: Currency,
    micros: z.int().min(1).max(mostMicros).describe('In millionths: 1,000,000 is 1.00'),
  })
  .meta({ id: 'Budget', examples: [{ currency: 'CNY', micros: 50_000_000 }] })
export type Budget = z.infer<typeof Budget>

/** The name under which the ledger counts an amount: CNY is not said. */
export const amountName = (what: 'reserved' | 'billed', currency: Currency): string =>
  currency === 'CNY' ? what : `${what}.${currency}`

/** For people: at least two decimals and no more than needed, `CNY 0.20`, `CNY 0.220177`. */
export function textOfMoney({ currency, micros }: Budget): string {
  const decimals = String(micros % 1_000_000).padStart(6, '0')
  return `${currency} ${Math.floor(micros / 1_000_000)}.${decimals.replace(/0{1,4}$/, '')}`
}
