import { openKeyIndex } from './key-index.ts'

describe('an index of keys', () => {
  it('knows the first row of each key, also after it has grown', () => {
    const index = openKeyIndex()
    const most = 20_000
    for (let row = 0; row < most; row += 1) expect(index.claim(`key-${row}`, row)).toBeUndefined()
    for (let row = 0; row < most; row += 97) expect(index.claim(`key-${row}`, most + row)).toBe(row)
    expect(index.claim('key-0', 7)).toBe(0)
  })

  it('takes 3 MB for a hundred thousand keys, and so 25 MB for a million', () => {
    const index = openKeyIndex()
    for (let row = 0; row < 100_000; row += 1) index.claim(String(row), row)
    expect(index.bytes).toBeLessThan(3.2e6)
  })
})
