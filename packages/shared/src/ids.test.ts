import { digestOf, idFromKey, newId } from './ids.ts'

describe('newId', () => {
  it('is new each time, of letters that nobody confuses', () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => newId('edit')))
    expect(ids.size).toBe(1_000)
    for (const id of ids) expect(id).toMatch(/^edit_[0-9a-hjkmnp-tv-z]{26}$/)
  })
})

describe('idFromKey', () => {
  it('is the same for the same key of the same producer, in every version', () => {
    expect(idFromKey('edit', 'acme', 'a')).toBe('edit_6jpaay8e0jsdgm07qrs9arngge')
  })

  it('is another for another producer, key or kind, however they are cut', () => {
    const ids = [
      idFromKey('edit', 'acme', 'a'),
      idFromKey('edit', 'acme', 'b'),
      idFromKey('edit', 'acm', 'ea'),
      idFromKey('batch', 'acme', 'a'),
    ]
    expect(new Set(ids).size).toBe(4)
  })
})

describe('digestOf', () => {
  it('does not care for the order of fields, nor for those that are undefined', () => {
    const one = digestOf({ a: 1, b: { c: [1, 2], d: 'x' } })
    expect(digestOf({ b: { d: 'x', c: [1, 2] }, a: 1, e: undefined })).toBe(one)
    expect(one).toMatch(/^[0-9a-f]{32}$/)
  })

  it.each<[unknown, unknown]>([
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: '1' }, { a: 1 }],
    [{ a: null }, {}],
    [['ab'], ['a', 'b']],
    [{ a: { b: 1 } }, { a: {}, b: 1 }],
  ])('tells %j from %j', (left, right) => {
    expect(digestOf(left)).not.toBe(digestOf(right))
  })
})
