import { faultOfSpelling } from './address-spelling.ts'

describe('faultOfSpelling', () => {
  it.each([
    'https://cdn.example.com/a%20b.jpg?w=1&h=2',
    'https://cdn.example.com/灯.jpg',
    'https://cdn.example.com/tom&jerry.jpg',
    's3://photos/my lamp &amp; shade.jpg',
    `sha256:${'0'.repeat(64)}`,
  ])('finds nothing in %s', (address) => {
    expect(faultOfSpelling(address)).toBeUndefined()
  })

  it.each([
    ['https://cdn.example.com/a b.jpg', 'a blank: write %20'],
    ['https://cdn.example.com/a\u00a0b.jpg', 'a blank: write %20'],
    ['https://cdn.example.com/a.jpg ', 'ends with a blank'],
    ['https://cdn.example.com/a.jpg\nhttps://cdn.example.com/b.jpg', 'a line break'],
    ['https://cdn.example.com/a\tb.jpg', 'U+0009'],
    ['https://cdn.example.com/a.jpg?w=1&amp;h=2', 'write & alone'],
    ['https://cdn.example.com/a.jpg?w=1&#38;h=2', 'write & alone'],
    ['https://cdn.example.com/\ud800.jpg', 'half a character'],
    ['s3://photos/a\0b.jpg', 'U+0000'],
  ])('refuses %j: %s', (address, said) => {
    expect(faultOfSpelling(address)).toContain(said)
  })
})
