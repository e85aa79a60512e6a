import type { Manifest, Row } from './manifest.ts'
import { rowKeys } from './row-keys.ts'

type Whole = Omit<Manifest, 'rows'> & { rows: Row[] }

const manifest = (columns: string[], ...rows: string[][]): Whole => ({
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

const rules = () => {
  const first = new Map<string, number>()
  return {
    faultOfKey: (key: string) => (key.includes('/') ? 'must not contain slashes' : undefined),
    claim: (key: string, row: number) => {
      const before = first.get(key)
      if (before === undefined) first.set(key, row)
      return before
    },
  }
}

function keysOf({ rows, ...rest }: Whole, name?: string) {
  const keyed = rowKeys(rest, name, rules())
  if (keyed.kind === 'unfit') return keyed.fault
  const keys = rows.map(keyed.keyOf).map((each) => (each.kind === 'key' ? each.key : `! ${each.detail}`))
  return { column: keyed.column, keys }
}

describe('the keys of rows', () => {
  it.each([
    [['id', 'SKU'], 'SKU'],
    [['id', 'key'], 'key'],
    [['title', 'Id'], 'Id'],
  ])('of columns %j come from %s', (columns, column) =>
    expect(keysOf(manifest(columns, ['a', 'b']))).toMatchObject({ column }),
  )

  it('are the numbers of the rows where no column names them', () =>
    expect(keysOf(manifest(['title'], ['a'], ['a']))).toMatchObject({ column: 'key', keys: ['2', '3'] }))

  it('come from the column that is asked for', () =>
    expect(keysOf(manifest(['sku', 'ean'], ['a', 'b']), 'ean')).toMatchObject({ keys: ['b'] }))

  it('are refused when empty, repeated or of another form', () =>
    expect(keysOf(manifest(['sku'], ['a'], [' '], ['a '], ['b/c']))).toMatchObject({
      keys: ['a', '! is empty', '! a is the key of row 2 already', '! must not contain slashes'],
    }))

  it('are the same when the rows are read again', () => {
    const { rows, ...rest } = manifest(['sku'], ['a'], [' b '])
    const keyed = rowKeys(rest, undefined, rules())
    if (keyed.kind === 'unfit') throw new Error(keyed.fault.detail)
    const keys = rows.map(keyed.keyOf)
    expect([rows.map(keyed.sameKeyOf), rows.map(keyed.sameKeyOf)]).toEqual([keys, keys])
  })

  it('come from several columns where a template names them', () => {
    const rows = manifest(['handle', 'position'], ['mug', '1'], ['mug', '2'], ['mug', ''], ['mug', '1'])
    expect(keysOf(rows, '{{Handle}}-{{position}}')).toEqual({
      column: 'key',
      keys: ['mug-1', 'mug-2', '! {{position}} is empty in this row', '! mug-1 is the key of row 2 already'],
    })
    expect(keysOf(rows, '{{sku}}')).toMatchObject({ where: 'keyColumn' })
  })

  it('are refused where their cell has no text', () => {
    const { rows, ...rest } = manifest(['sku'], [''])
    const keyed = rowKeys(rest, undefined, rules())
    if (keyed.kind === 'unfit') throw new Error(keyed.fault.detail)
    const unreadable = new Map([['sku', 'is a formula without a stored value']])
    expect(rows.map((row) => keyed.keyOf({ ...row, unreadable }))).toEqual([
      { kind: 'fault', detail: 'is a formula without a stored value' },
    ])
  })

  it('need their column', () =>
    expect(keysOf(manifest(['sku'], ['a']), 'ean')).toEqual({
      where: 'keyColumn',
      detail: 'there is no column ean; there are sku',
    }))
})
