import { pricedParts } from './priced-parts.ts'

const one = { model: 'a', request: { n: 1 } }
const four = { model: 'a', request: { n: 4 } }
const bulk = { model: 'a', request: { n: 2, class: 'bulk' as const } }
const other = { model: 'b', request: { n: 1 } }

it('asks the price of just those rows that were looked at where these are all', () => {
  expect(pricedParts([one, four, bulk, other], 4)).toEqual({
    isExact: true,
    parts: [
      { model: 'a', rows: 2, images: 5 },
      { model: 'a', class: 'bulk', rows: 1, images: 2 },
      { model: 'b', rows: 1, images: 1 },
    ],
  })
})

it('takes the others to be like those that were looked at, and says that it is not exact', () => {
  expect(pricedParts([one, four, one, other], 4_000)).toEqual({
    isExact: false,
    parts: [
      { model: 'a', rows: 3_000, images: 6_000 },
      { model: 'b', rows: 1_000, images: 1_000 },
    ],
  })
})

it('asks for nothing where no row was found', () => {
  expect(pricedParts([], 3)).toEqual({ isExact: false, parts: [] })
})
