import { layoutOf, partOfByte, pixelsOf, rowAfter, rowAt } from './map-layout.ts'

describe('the map of rows', () => {
  it('has a place for every row, however many these are', () => {
    for (const rows of [1, 2, 9, 14, 1_000, 99_999, 1_000_000])
      for (const width of [280, 700]) {
        const { columns, lines, edge } = layoutOf(rows, width)
        expect(columns * lines).toBeGreaterThanOrEqual(rows)
        expect(columns * (lines - 1)).toBeLessThan(rows)
        expect(edge).toBeLessThanOrEqual(24)
        // a finger meets it
        expect(lines * edge).toBeGreaterThanOrEqual(24)
        expect(columns * edge).toBeLessThanOrEqual(width + 1e-6)
      }
  })

  it('is walked by keys, and never left', () => {
    const layout = { columns: 10, lines: 5, edge: 16 }
    const after = (key: string, row: number) => rowAfter(key, row, 47, layout)
    expect(['ArrowRight', 'ArrowDown', 'End', 'Home', 'ArrowLeft'].map((key) => after(key, 12))).toEqual([
      13, 22, 47, 1, 11,
    ])
    expect([after('ArrowUp', 3), after('ArrowDown', 44), after('PageDown', 1)]).toEqual([1, 47, 11])
    expect(after('a', 3)).toBeUndefined()
  })

  it('is pressed at every row, and at the last one however many stand in a pixel', () => {
    const few = { columns: 10, lines: 5, edge: 16 }
    expect([rowAt(0, 0, 47, few), rowAt(20, 40, 47, few), rowAt(150, 79, 47, few)]).toEqual([1, 22, 47])
    for (const rows of [1, 7, 47, 100_000, 1_000_000])
      for (const width of [281, 537, 700]) {
        const layout = layoutOf(rows, width)
        // a pointer is at whole pixels
        const [right, bottom] = [layout.columns, layout.lines].map(
          (places) => Math.ceil(places * layout.edge) - 1,
        )
        expect([rows, width, rowAt(right ?? 0, bottom ?? 0, rows, layout)]).toEqual([rows, width, rows])
      }
  })

  it('shows every state, and what is not known as queued', () => {
    expect('.~qsruvd+-x\0'.split('').map((byte) => partOfByte(byte.charCodeAt(0)))).toEqual([
      'queued',
      'queued',
      'queued',
      'running',
      'running',
      'doubt',
      'doubt',
      'rendered',
      'stored',
      'failed',
      'canceled',
      'queued',
    ])
    const none = [0, 0, 0] as const
    const colors = {
      stored: [1, 2, 3] as const,
      rendered: none,
      running: none,
      doubt: none,
      failed: none,
      canceled: none,
      queued: none,
    }
    expect(pixelsOf(colors)['+'.charCodeAt(0)]).toBe(0xff030201)
  })
})
