import { columnName, faultOfText, trimCell } from './clean-text.ts'

describe('text of a catalog', () => {
  it('loses what nobody sees around it, and keeps it within', () => {
    expect(trimCell('\uFEFF\u200B a\u200Db \u00A0\u2060')).toBe('a\u200Db')
  })

  it.each([
    ['\uFEFF image\u200B', 'image'],
    ['Pro\u00ADdukt\u00A0 name', 'Produkt name'],
    ['Cafe\u0301', 'Caf\u00e9'],
  ])('is the column name of %j', (text, name) => expect(columnName(text)).toBe(name))

  it.each([
    ['a \ud83d lamp', 'holds half a character (a lone surrogate)'],
    ['a\0', 'holds a NUL character'],
    ['a \ud83d\udca1 lamp', undefined],
  ])('%j %s', (text, fault) => expect(faultOfText(text)).toBe(fault))
})
