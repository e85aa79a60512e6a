import {
  imageSaid,
  isOvertaken,
  isSaidBetter,
  isSame,
  onPicture,
  pictureOf,
  saidOf,
  withNote,
} from './said.ts'

it('knows of a row which redo is meant, as long as the verdict is the one that is shown', () => {
  const told = { verdict: 'approved', redo: 'r1', image: 2 } as const
  expect(saidOf('approved', told)).toEqual({ verdict: 'approved', redo: 'r1', image: 2 })
  expect(saidOf('none', told)).toEqual({ verdict: 'none' })
  expect(isSame({ verdict: 'approved' }, { verdict: 'approved', redo: 'r1' })).toBe(false)
})

it('is overtaken by another verdict, and by another redo', () => {
  const change = {
    before: { verdict: 'redo', redo: 'r1' },
    after: { verdict: 'approved', redo: 'r1' },
  } as const
  expect(isOvertaken({ verdict: 'redo', redo: 'r1' }, change)).toBe(false)
  expect(isOvertaken({ verdict: 'approved', redo: 'r1' }, change)).toBe(false)
  expect(isOvertaken({ verdict: 'approved' }, change)).toBe(true)
  expect(isOvertaken({ verdict: 'redo', redo: 'r2' }, change)).toBe(true)
  expect(isOvertaken({ verdict: 'redo', redo: 'r2' }, { ...change, before: { verdict: 'redo' } })).toBe(false)
})

it('has a note that a verdict keeps when it is given once more, and that another verdict has not', () => {
  const told = { verdict: 'rejected', note: 'the lamp leans' } as const
  const said = saidOf('rejected', told)
  expect(said).toEqual(told)
  expect(isSame(said, { verdict: 'rejected' })).toBe(false)
  const row = { id: 'e1', images: [{ index: 0 }] }
  expect(onPicture('rejected', row, said)).toEqual(told)
  expect(onPicture('approved', row, said)).toEqual({ verdict: 'approved' })
  expect(withNote(said, ' dark \n')).toEqual({ verdict: 'rejected', note: 'dark' })
  expect(withNote(said, '  ')).toEqual({ verdict: 'rejected' })
})

it('leaves the note alone of who has said the same before, and takes its own away', () => {
  const [plain, why] = [{ verdict: 'rejected' }, { verdict: 'rejected', note: 'leans' }] as const
  expect(isSaidBetter(why, { before: { verdict: 'none' }, after: plain })).toBe(true)
  expect(isSaidBetter(why, { before: why, after: plain })).toBe(false)
  expect(isSaidBetter(why, { before: { verdict: 'none' }, after: { ...plain, note: 'dark' } })).toBe(false)
  expect(isSaidBetter(why, { before: plain, after: { verdict: 'approved' } })).toBe(false)
})

it('shows the redo that was approved, and the row itself as long as none was', () => {
  const row = {
    id: 'e1',
    images: [
      { index: 0, failure: {} },
      { index: 1, thumbhash: 'h' },
    ],
  }
  expect(pictureOf(row, { verdict: 'approved', redo: 'r1' })).toEqual({
    edit: 'r1',
    index: 0,
    hash: undefined,
  })
  expect(pictureOf(row, { verdict: 'redo', redo: 'r1' })).toEqual({ edit: 'e1', index: 1, hash: 'h' })
  expect(pictureOf({ id: 'e1', images: [] }, { verdict: 'none' })).toBeUndefined()
})

const two = { id: 'e1', images: [{ index: 0 }, { index: 1, thumbhash: 'h' }] }

it('shows the image that was approved', () => {
  expect(pictureOf(two, { verdict: 'approved', image: 1 })).toEqual({ edit: 'e1', index: 1, hash: 'h' })
  expect(pictureOf(two, { verdict: 'rejected', image: 1 })?.index).toBe(0)
  const own = { id: 'e1' }
  expect(imageSaid({ verdict: 'approved', image: 1 }, { shown: own, own })).toBe(1)
  expect(imageSaid({ verdict: 'approved', redo: 'r1', image: 1 }, { shown: own, own })).toBeUndefined()
  expect(imageSaid({ verdict: 'approved', redo: 'r1', image: 1 }, { shown: { id: 'r1' }, own })).toBe(1)
  expect(imageSaid({ verdict: 'rejected', image: 1 }, { shown: own, own })).toBeUndefined()
})

it('judges the picture that stands there: the redo that was approved, else the row itself', () => {
  const redone = { verdict: 'approved', redo: 'r1', image: 1 } as const
  expect(onPicture('approved', two, redone)).toEqual(redone)
  expect(onPicture('rejected', two, redone)).toEqual({ verdict: 'rejected', redo: 'r1' })
  expect(onPicture('approved', two, { verdict: 'redo', redo: 'r1' })).toEqual({ verdict: 'approved' })
  expect(onPicture('none', two, redone)).toEqual({ verdict: 'none' })
})
