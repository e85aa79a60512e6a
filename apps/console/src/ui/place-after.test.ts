import { placeAfter } from './place-after.ts'

it('goes from row to row, and no further than the first and the last', () => {
  expect([placeAfter(-1, 1, 3), placeAfter(0, 1, 3), placeAfter(2, 1, 3)]).toEqual([0, 1, 2])
  expect([placeAfter(2, -1, 3), placeAfter(0, -1, 3), placeAfter(-1, -1, 3)]).toEqual([1, 0, 0])
  expect(placeAfter(-1, 1, 0)).toBe(-1)
})
