import { codeRows } from './code-rows.ts'

it('counts the rows of each code that has some, the most frequent first', () => {
  expect(codeRows(['A', 'B', 'C'], Uint8Array.of(0, 2, 2, 1, 0, 2))).toEqual([
    { code: 'B', rows: 3 },
    { code: 'A', rows: 1 },
  ])
  expect(codeRows([], Uint8Array.of(0, 1))).toEqual([])
})
