import { readSourceAddress } from './source-address.ts'

describe('the address of a source', () => {
  it.each([
    ['https://example.com/a.png', 'https://example.com/a.png'],
    ['HTTPS://Example.com/A b.png', 'https://example.com/A%20b.png'],
    ['//cdn.example.com/a.png', 'https://cdn.example.com/a.png'],
    ['https://example.com/红色 杯.png', 'https://example.com/%E7%BA%A2%E8%89%B2%20%E6%9D%AF.png'],
    ['https://例子.example.com/a.png', 'https://xn--fsqu00a.example.com/a.png'],
    ['https://example.com/a.png?w=1&amp;h=2&#38;x=3', 'https://example.com/a.png?w=1&h=2&x=3'],
    ['https://example.com/50% off.png', 'https://example.com/50%25%20off.png'],
    ['https:example.com/a.png', 'https://example.com/a.png'],
    ['https://example.com/a.png#top', 'https://example.com/a.png#top'],
  ])('%j is sent as %s', (text, address) =>
    expect(readSourceAddress(text)).toEqual({ kind: 'address', address }),
  )

  it('is not changed by a letter where it is right: its signature covers it', () => {
    const signed = 'https://b.example.com:443/a/../b%2fc+d.png?Signature=a%2Bb%3d&x=(1)*~;2,3'
    expect(readSourceAddress(signed)).toEqual({ kind: 'address', address: signed })
  })

  it.each([
    [
      'https://example.com/photo #1.jpg',
      'holds a #, which ends an address; write %23 where it is a part of the name',
    ],
    ['https://example.com/a\nb.png', 'holds a line break or a control character'],
    ['https://example.com/\ud800.png', 'holds half a character (a lone surrogate)'],
    ['https://', 'is not a valid URL'],
    ['//localhost/a.png', 'must name a public host'],
  ])('%j is refused', (text, detail) => expect(readSourceAddress(text)).toEqual({ kind: 'fault', detail }))
})
