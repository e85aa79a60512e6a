import { rowsIn } from './asked-rows.ts'

describe('the rows that a caller names', () => {
  it.each([
    ['1', [0]],
    ['3,9,40-42', [2, 8, 39, 40, 41]],
    ['9,3', [2, 8]],
    ['5-6,6-7,5', [4, 5, 6]],
    ['999999999', [999_999_998]],
  ])('%s are those, in their order and each once', (text, rows) => {
    expect(rowsIn(text)).toEqual(rows)
  })

  it.each(['', '0', '1-', '-1', '2-1', '1,,2', ' 1', '1 -2', '1e3', '1.5', '01', '1234567890', '١'])(
    'but not %j',
    (text) => {
      expect(rowsIn(text)).toMatch(/counted from 1/)
    },
  )

  it('are 200 at most, however they are named, and no range is walked through in vain', () => {
    expect(rowsIn('1-200')).toHaveLength(200)
    expect(rowsIn('1-200,7')).toHaveLength(200)
    expect(rowsIn('1-201')).toMatch(/more than 200/)
    const began = performance.now()
    expect(rowsIn('1-999999999')).toMatch(/more than 200/)
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})
