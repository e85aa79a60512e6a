import { cellSizes, preferencesOf } from './preferences.ts'

it('has the size of cells be one that can be chosen, also where another one was kept', () => {
  const edges = [undefined, 112, 160, 224, 320, 1_000, 'x'].map(
    (cell) => preferencesOf(JSON.stringify({ cell })).cell,
  )
  expect(edges).toEqual([160, 96, 160, 240, 360, 360, 160])
  expect(cellSizes.map(({ edge }) => edge)).toEqual(expect.arrayContaining(edges))
})

it('takes what is of another kind as not said', () => {
  expect(preferencesOf('{"theme":1,"still":true}')).toMatchObject({ theme: 'system', still: true })
  expect(preferencesOf('no')).toEqual(preferencesOf(null))
})
