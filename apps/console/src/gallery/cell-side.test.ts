import { cellSizes } from '../app/preferences.ts'
import { sideFor } from './cell-side.ts'

it('asks for what the worker makes, but where a cell is much larger than that', () => {
  const sides = (ratio: number) => cellSizes.map(({ edge }) => sideFor(edge, ratio))
  expect(sides(1)).toEqual(['320', '320', '320', '320'])
  expect(sides(2)).toEqual(['320', '320', '320', '960'])
  expect(sides(3)).toEqual(['320', '320', '960', '960'])
})
