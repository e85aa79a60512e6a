import { type MoneyLeft, pursesOf } from './purses.ts'

const price = 200_000
const cny = (micros: number) => ({ currency: 'CNY' as const, micros })
const usd = (micros: number) => ({ currency: 'USD' as const, micros })
const left = (
  of: 'budget' | 'total',
  money: { currency: 'CNY' | 'USD'; micros: number },
  more = {},
): MoneyLeft => ({
  of,
  ...money,
  freeMicros: money.micros,
  aheadMicros: 0,
  isStopped: false,
  ...more,
})
const part = (rows: number, n = 1, prices: { currency: 'CNY' | 'USD'; micros: number }[] = [cny(price)]) => ({
  rows,
  images: rows * n,
  prices,
})

describe('for how many rows there is money', () => {
  it('is what is free by what a row costs, in whole rows', () => {
    expect(pursesOf([left('budget', cny(40 * price))], [part(100)])).toEqual([{ of: 'budget', rows: 40 }])
    expect(pursesOf([left('budget', cny(40 * price - 1))], [part(100)])).toEqual([{ of: 'budget', rows: 39 }])
    expect(pursesOf([left('budget', cny(40 * price))], [part(100, 4)])).toEqual([{ of: 'budget', rows: 10 }])
  })

  it('is less by what goes before, and by what was spent', () => {
    const more = { freeMicros: 30 * price, aheadMicros: 12 * price }
    expect(pursesOf([left('total', cny(100 * price), more)], [part(100)])).toEqual([
      { of: 'total', rows: 18 },
    ])
  })

  it('is reckoned by the dearest lane: nobody knows which one takes a row', () => {
    expect(pursesOf([left('total', cny(40 * price))], [part(100, 1, [cny(price), cny(2 * price)])])).toEqual([
      { of: 'total', rows: 20 },
    ])
  })

  it('is none once it has stopped what it is of, although a cheaper row would fit', () => {
    expect(pursesOf([left('total', cny(9 * price), { isStopped: true })], [part(100)])).toEqual([
      { of: 'total', rows: 0 },
    ])
  })

  it('is another number for each later day, of which all is free', () => {
    const endOf = (time: number) => time + 1
    const day: MoneyLeft = {
      ...cny(100 * price),
      of: 'day',
      freeMicros: 7 * price,
      aheadMicros: 9 * price,
      isStopped: false,
      endOf,
    }
    expect(pursesOf([day], [part(500)])).toEqual([{ of: 'day', rows: -2, perDay: 100, endOf }])
  })

  it('adds up no two currencies: a lane that bills in another one stops, unless that is set, too', () => {
    const both = [part(100, 1, [cny(price), usd(30_000)])]
    expect(pursesOf([left('total', cny(40 * price))], both)).toEqual([{ of: 'currency', rows: 0 }])
    expect(pursesOf([left('total', cny(40 * price)), left('total', usd(900_000))], both)).toEqual([
      { of: 'total', rows: 40 },
      { of: 'total', rows: 30 },
    ])
  })

  it('is not known of rows whose price no lane tells', () => {
    expect(pursesOf([left('budget', cny(1))], [part(100, 1, [])])).toEqual([])
  })
})
