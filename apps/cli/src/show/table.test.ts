import { type Column, tableLines } from './table.ts'
import { cutToWidth, textWidth, wrapText } from './text-width.ts'

type Item = { id: string; name: string; cost: string }
const columns: readonly Column<Item>[] = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'COST', cell: ({ cost }) => cost, right: true, leaves: 1 },
  { head: 'NAME', cell: ({ name }) => name, least: 5 },
]
const items = [
  { id: 'batch_1', name: 'spring catalog', cost: '0.20' },
  { id: 'batch_22', name: '春季目录', cost: '12.00' },
]

describe('a table', () => {
  it('is as wide as its texts where nobody says how wide', () => {
    expect(tableLines(columns, items, undefined)).toEqual([
      'ID         COST  NAME',
      'batch_1    0.20  spring catalog',
      'batch_22  12.00  春季目录',
    ])
  })

  it('cuts what may be cut, then leaves out columns, and never goes beyond the width', () => {
    expect(tableLines(columns, items, 25)[1]).toBe('batch_1    0.20  spring …')
    expect(tableLines(columns, items, 20)).toEqual([
      'ID        NAME',
      'batch_1   spring ca…',
      'batch_22  春季目录',
    ])
    for (const width of [60, 30, 22, 18])
      for (const line of tableLines(columns, items, width)) expect(textWidth(line)).toBeLessThanOrEqual(width)
  })

  it('keeps an item on one line, without what steers a terminal', () => {
    const [, line] = tableLines(columns, [{ id: 'x', name: 'a\nb\u001b[2Jc', cost: '' }], 80)
    expect(line).toBe('x         a b?[2Jc')
  })
})

describe('a text in lines', () => {
  it('breaks between words, and within a word that is longer than a line', () => {
    expect(wrapText('橡木桌面 on white,  in soft light', 12)).toEqual([
      '橡木桌面 on',
      'white, in',
      'soft light',
    ])
    expect(wrapText('see https://example.com/a now', 10)).toEqual([
      'see',
      'https://ex',
      'ample.com/',
      'a now',
    ])
    expect(wrapText('', 10)).toEqual([])
  })
})

describe('the width of a text', () => {
  it('counts wide characters twice and marks not at all', () => {
    expect(['abc', '橡木', 'e\u0301', '🙂'].map(textWidth)).toEqual([3, 4, 1, 2])
    expect([cutToWidth('abcdef', 4), cutToWidth('橡木桌面', 5), cutToWidth('abc', 3)]).toEqual([
      'abc…',
      '橡木…',
      'abc',
    ])
  })
})
