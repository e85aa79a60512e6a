import { toReview } from './to-review.ts'

it('counts rows with pictures of which nobody has said anything', () => {
  const counts = { succeeded: 10 }
  expect(toReview({ counts })).toBe(10)
  expect(toReview({ counts, verdicts: { approved: 3, rejected: 2, redo: 1 } })).toBe(4)
})
