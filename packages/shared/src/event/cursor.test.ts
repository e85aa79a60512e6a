import { compareCursors } from './cursor.ts'

describe('compareCursors', () => {
  it('orders by both numbers as numbers, not as text', () => {
    const cursors = ['10-0', '9-10', '9-9', '9', '0']
    expect(cursors.toSorted(compareCursors)).toEqual(['0', '9', '9-9', '9-10', '10-0'])
  })
})
