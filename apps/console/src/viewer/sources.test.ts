import { nextSource, sourceName, sourceShown } from './sources.ts'

it('shows the source that is asked for, where the row has it', () => {
  expect([undefined, 0, 1, 2].map((asked) => sourceShown(asked, 2))).toEqual([0, 0, 1, 0])
})

it('goes from one source to the next, and around', () => {
  expect(nextSource(0, 3)).toBe(1)
  expect(nextSource(2, 3)).toBe(0)
  expect(nextSource(0, 0)).toBe(0)
})

it('counts the sources where there are several', () => {
  expect(sourceName(0, 1)).toBe('before')
  expect(sourceName(1, 3)).toBe('source 2 of 3')
})
