import { withChanges } from './live.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const map = {
  version: 5,
  rows: 2,
  state: bytes('qq'),
  verdict: bytes('..'),
  code: new Uint8Array(2),
  redo: new Uint8Array(2),
}

describe('a map with changes', () => {
  it('has their bytes, and the rows that have come', () => {
    const after = withChanges(map, {
      type: 'map',
      batch: 'b',
      version: 7,
      rows: 4,
      changes: [
        [2, 0, 45],
        [2, 2, 1],
        [4, 0, 113],
        [1, 9, 1],
      ],
    })
    expect(new TextDecoder().decode(after.state)).toBe('q-.q')
    expect(new TextDecoder().decode(after.verdict)).toBe('....')
    expect([...after.code]).toEqual([0, 1, 0, 0])
    expect([after.version, after.rows]).toEqual([7, 4])
  })

  it('stays as it is where it has them already', () => {
    const old = { type: 'map', batch: 'b', version: 5, rows: 2, changes: [[1, 0, 45]] } as const
    expect(withChanges(map, { ...old, changes: [[1, 0, 45]] })).toBe(map)
  })
})
