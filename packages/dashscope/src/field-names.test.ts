import { fieldNames } from './field-names.ts'

describe('the names of the fields of an answer', () => {
  it('are told without any value', () => {
    const answer = {
      output: { results: [{ link: 'https://a?Signature=s' }, { code: 'X' }], none: null, empty: [] },
    }
    expect(fieldNames(answer)).toBe('output.empty, output.none, output.results[].code, output.results[].link')
  })

  it('hide a key that is no plain name', () => {
    expect(fieldNames({ 'https://a?Signature=s': 1 })).toBe('?')
  })

  it('stay short, however large or deep the answer is', () => {
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`, i]))
    let deep: object = {}
    for (let i = 0; i < 10_000; i += 1) deep = { a: deep }
    expect(fieldNames(wide).length).toBeLessThan(2_000)
    expect(fieldNames(deep)).toBe('a.a.a.a.a.a.a.a.a')
    expect(fieldNames('text')).toBe('')
  })
})
