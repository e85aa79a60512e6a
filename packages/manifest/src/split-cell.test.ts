import { splitCell } from './split-cell.ts'

const [a, b] = ['https://example.com/a.png', 'https://example.com/b.png']

describe('a cell', () => {
  it.each([
    [`${a},${b}`],
    [`${a}, ${b}`],
    [`${a} | ${b}`],
    [`${a};${b};`],
    [`${a}\n${b}\r\n`],
    [`${a} ${b}`],
    [`${a}，${b}、`],
    [`${a}；${b}`],
    [`${a} ｜ ${b}`],
    [`\u200B${a} ,\u00A0${b}`],
  ])('of several addresses %j is several pictures', (cell) => expect(splitCell(cell)).toEqual([a, b]))

  it.each([
    ['https://res.example.com/w_300,h_200;q=1|x/a.png'],
    ['https://example.com/a b.png'],
    ['Lamp, red; new.jpg'],
    ['灯，红、新.jpg'],
    ['photos/a.png'],
    [''],
  ])('%j is one picture', (cell) => expect(splitCell(cell)).toEqual([cell]))

  it.each([
    ['a.jpg, b.JPG|c d.png', ['a.jpg', 'b.JPG', 'c d.png']],
    ['a.jpg\nb', ['a.jpg', 'b']],
    ['红.jpg、蓝.png', ['红.jpg', '蓝.png']],
    [
      'HTTPS://example.com/a.png,//cdn.example.com/b.png',
      ['HTTPS://example.com/a.png', '//cdn.example.com/b.png'],
    ],
    ['a.jpg; https://example.com/b.png', ['a.jpg', 'https://example.com/b.png']],
    ['s3://b/a.png|sha256:00', ['s3://b/a.png', 'sha256:00']],
    [' \n ', ['']],
  ])('%j is %j', (cell, parts) => expect(splitCell(cell)).toEqual(parts))
})
