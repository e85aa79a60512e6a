import { reviewedOf, reviewedWords } from './review-end.ts'

const planesOf = (state: string, verdict: string) => ({
  rows: state.length,
  state: Buffer.from(state),
  verdict: Buffer.from(verdict),
  code: new Uint8Array(state.length),
  redo: new Uint8Array(state.length),
})
const rows = Uint32Array.of(1, 2, 3, 4, 5)

it('counts what was decided once no row of the list waits for a verdict', () => {
  expect(reviewedOf(rows, planesOf('+++-r', 'ard..'))).toEqual({
    approved: 1,
    rejected: 1,
    redo: 1,
    waiting: 1,
  })
  expect(reviewedOf(rows, planesOf('+++-r', 'ar...'))).toBeUndefined()
  // of rows that are not in the list nothing is said
  expect(reviewedOf(Uint32Array.of(1, 2), planesOf('+++-r', 'aa...'))).toMatchObject({
    approved: 2,
    waiting: 0,
  })
})

it('is no end where there was nothing to decide', () => {
  expect(reviewedOf(rows, planesOf('--rrr', '.....'))).toBeUndefined()
  expect(reviewedOf(new Uint32Array(), planesOf('+', '.'))).toBeUndefined()
})

it('says it in words, and what has no picture yet', () => {
  const reviewed = { approved: 1200, rejected: 1, redo: 0, waiting: 0 }
  expect(reviewedWords(reviewed)).toBe('All 1,201 rows are reviewed: 1,200 approved, 1 rejected, 0 to redo.')
  expect(reviewedWords({ ...reviewed, waiting: 1 })).toContain(' 1 row without a picture yet.')
})
