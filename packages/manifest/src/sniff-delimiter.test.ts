import { sniffDelimiter } from './sniff-delimiter.ts'

describe('the delimiter of a table', () => {
  it.each([
    ['sku,image\n', ','],
    ['sku;image,old;title\n1,2,3,4,5', ';'],
    ['sku\timage', '\t'],
    ['sku|image\r\n', '|'],
    ['"a,b,c";image\n', ';'],
    ['"a\n,,,""";image\n', ';'],
    ['image\n', ','],
    ['', ','],
  ])('of %j is %j', (start, delimiter) => expect(sniffDelimiter(start)).toBe(delimiter))
})
