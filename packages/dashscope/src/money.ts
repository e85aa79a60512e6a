/** An amount in whole micros of its currency: CNY 1 = 1_000_000 micros. Integers, so that sums of a million images are exact. */
export type Money = { currency: 'CNY' | 'USD'; micros: number }

const MICROS = 1_000_000

/** `cny(0.2)` is CNY 0.20. More than six decimals are rounded. */
export const cny = (amount: number): Money => ({ currency: 'CNY', micros: Math.round(amount * MICROS) })

/** `a` and `b` together. Throws where they are of two currencies. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new TypeError(`${a.currency} and ${b.currency} are not added up`)
  return { currency: a.currency, micros: a.micros + b.micros }
}

/** `money`, `count` times: the price of `count` images. */
export const timesMoney = (money: Money, count: number): Money => ({
  currency: money.currency,
  micros: money.micros * count,
})

/** For people: at least two decimals and no more than needed, `CNY 0.20`, `CNY 0.220177`. */
export function moneyText(money: Money): string {
  const sign = money.micros < 0 ? '-' : ''
  const micros = Math.abs(money.micros)
  const decimals = String(micros % MICROS).padStart(6, '0')
  return `${money.currency} ${sign}${Math.floor(micros / MICROS)}.${decimals.replace(/0{1,4}$/, '')}`
}
