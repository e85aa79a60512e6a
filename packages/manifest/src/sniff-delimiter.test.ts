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
    // blank lines first
    ['\r\n;;\n \nsku;image\n', ';'],
    ['\u200B\nsku;\u200Bimage\n', ';'],
    // decimal commas in the names of columns
    ['image;Preis (0,00);Breite (0,0 cm)\n', ';'],
    ['Preis 0,00;image\n', ';'],
    ['"image"\tPreis 0,00, netto\n', '\t'],
  ])('of %j is %j', (start, delimiter) =>
    expect(sniffDelimiter(start, 'image')).toEqual({ delimiter, skip: 0 }),
  )

  it.each([
    ['sep=;\r\nsku,image;x', ';', 7],
    ['\uFEFFsep=,\nsku;image', ',', 7],
    ['"sep=|"\nsku', '|', 8],
    ['SEP=\t\nsku', '\t', 6],
    ['sep=;;;\nsku', ';', 8],
  ])('of %j is announced: %j', (start, delimiter, skip) =>
    expect(sniffDelimiter(start, 'image')).toEqual({ delimiter, skip }),
  )
})
