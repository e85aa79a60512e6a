import { addMoney, cny, moneyText, timesMoney } from './money.ts'

describe('money', () => {
  it('keeps amounts as whole micros, where floats would drift', () => {
    expect(cny(0.220177)).toEqual({ currency: 'CNY', micros: 220_177 })
    expect(addMoney(cny(0.1), cny(0.2))).toEqual(cny(0.3))
  })

  it('multiplies a price by a million images exactly', () => {
    expect(timesMoney(cny(0.220177), 1_000_000).micros).toBe(220_177_000_000)
  })

  it.each([
    [0.2, 'CNY 0.20'],
    [0.220177, 'CNY 0.220177'],
    [10_000, 'CNY 10000.00'],
    [-1.5, 'CNY -1.50'],
    [0, 'CNY 0.00'],
  ])('writes %p as %p', (amount, text) => {
    expect(moneyText(cny(amount))).toBe(text)
  })
})
