import { rowsAhead, rowsBeside } from './ahead.ts'

const rows = Uint32Array.of(10, 20, 30, 40, 50)

it('decodes the row itself first, then those that follow, then those before', () => {
  expect(rowsAhead(rows, 2)).toEqual([30, 40, 50, 20, 10])
  expect(rowsAhead(rows, 0)).toEqual([10, 20, 30])
  expect(rowsAhead(rows, 4)).toEqual([50, 40, 30])
})

it('shows a strip of neighbours', () => {
  expect(rowsBeside(rows, 1, 1)).toEqual([10, 20, 30])
  expect(rowsBeside(rows, 0, 2)).toEqual([10, 20, 30])
})
