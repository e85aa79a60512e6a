import { faultOfText } from './text.ts'

describe('faultOfText', () => {
  it.each(['', 'Möbel für 客厅 🛋️', 'a\u00a0b', '\u{1f600}'])('takes %j', (text) => {
    expect(faultOfText(text)).toBeUndefined()
  })

  it.each([
    ['bad\ud800', 'half a character'],
    ['\udc00bad', 'half a character'],
    ['a\0b', 'U+0000'],
    ['a\nb', 'U+000A'],
    ['a\u007f', 'U+007F'],
    ['a\u0085', 'U+0085'],
    ['a\uffff', 'U+FFFF'],
  ])('refuses %j: %s', (text, said) => {
    expect(faultOfText(text)).toContain(said)
  })

  it('takes tabs and line breaks where lines are welcome, and nothing more', () => {
    expect(faultOfText('a\tb\r\nc', { lines: true })).toBeUndefined()
    for (const text of ['a\0', 'a\u001b[31m', 'a\ud800', 'a\ufffe'])
      expect(faultOfText(text, { lines: true })).toBeDefined()
  })
})
