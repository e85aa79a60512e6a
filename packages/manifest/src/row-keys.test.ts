import { Stop } from '../stop.ts'
import type { Manifest } from './manifest.ts'
import { rowKeys } from './row-keys.ts'

const manifest = (columns: string[], ...rows: string[][]): Manifest => ({
  unit: 'row',
  folder: '/',
  columns,
  rows: rows.map((cells, index) => ({
    number: index + 2,
    cells: new Map(columns.map((column, at) => [column, cells[at] ?? ''])),
    images: [],
    own: {},
  })),
})

describe('the keys of rows', () => {
  it.each([
    [['id', 'SKU'], 'SKU'],
    [['id', 'key'], 'key'],
    [['title', 'Id'], 'Id'],
  ])('of columns %j come from %s', (columns, column) =>
    expect(rowKeys(manifest(columns, ['a', 'b']), undefined).column).toBe(column),
  )

  it('are the numbers of the rows where no column names them', () =>
    expect(rowKeys(manifest(['title'], ['a'], ['a']), undefined).keys).toEqual([{ key: '2' }, { key: '3' }]))

  it('come from the column that is asked for', () =>
    expect(rowKeys(manifest(['sku', 'ean'], ['a', 'b']), 'ean').keys).toEqual([{ key: 'b' }]))

  it('are refused when empty, repeated or a path', () =>
    expect(rowKeys(manifest(['sku'], ['a'], [' '], ['a '], ['b/c'], ['..']), undefined).keys).toEqual([
      { key: 'a' },
      { fault: 'is empty' },
      { fault: 'a stands in row 2 already' },
      { fault: 'must not contain slashes or control characters' },
      { fault: 'must be a name, not a path' },
    ]))

  it('need their column', () =>
    expect(() => rowKeys(manifest(['sku'], ['a']), 'ean')).toThrow(
      new Stop('input', ['--key-column: ean is no column; there are sku']),
    ))
})
