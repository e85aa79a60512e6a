import type { Row } from './manifest.ts'
import { keptColumns, takenColumns } from './kept-columns.ts'

const row = (cells: Record<string, string>, more: Partial<Row> = {}): Row => ({
  number: 2,
  cells: new Map(Object.entries(cells)),
  images: [],
  own: {},
  ...more,
})

describe('the own columns of a row', () => {
  it('are all that the row is not read with', () => {
    const columns = ['SKU', 'Image', 'image2', 'title', 'prompt', 'n', 'metadata.shop', 'price']
    const by = { imageColumn: 'image', keyColumns: ['SKU'] }
    expect([...takenColumns({ unit: 'row', columns }, { ...by, prompt: true })].toSorted()).toEqual(
      ['Image', 'SKU', 'image2', 'metadata.shop', 'n', 'prompt'].toSorted(),
    )
    expect(takenColumns({ unit: 'row', columns }, { ...by, ownColumns: ['N'], prompt: false })).toEqual(
      new Set(['Image', 'image2', 'SKU', 'metadata.shop']),
    )
  })

  it('are kept as they are written, blank ones are not', () =>
    expect(
      keptColumns(row({ sku: '1', title: ' a mug\nred', price: '19,90', note: '' }), new Set(['sku'])),
    ).toEqual({ columns: { title: ' a mug\nred', price: '19,90' }, left: [] }))

  it('are left out with a reason where they are too long, or cannot come back', () => {
    const { columns, left } = keptColumns(
      row(
        { ok: 'a', long: 'x'.repeat(2_001), ['n'.repeat(65)]: 'a', bell: 'a\u0007', sum: '' },
        { unreadable: new Map([['sum', 'is the error #N/A']]) },
      ),
      new Set(),
    )
    expect(columns).toEqual({ ok: 'a' })
    expect(left.map(({ detail }) => detail)).toEqual([
      'has more than 2000 characters: it is not kept with the results',
      'has a name of more than 64 characters: it is not kept with the results',
      'holds a control character: it is not kept with the results',
      'is the error #N/A: it is not kept with the results',
    ])
  })

  it('are at most a hundred, and at most 16 KiB', () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`c${index}`, 'a']))
    const crowd = keptColumns(row(many), new Set())
    expect([Object.keys(crowd.columns ?? {}).length, crowd.left.length]).toEqual([100, 20])
    const large = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`c${index}`, '红'.repeat(600)]),
    )
    const full = keptColumns(row(large), new Set())
    expect([Object.keys(full.columns ?? {}).length, full.left.length]).toEqual([9, 3])
  })
})
