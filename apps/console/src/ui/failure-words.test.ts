import { sentence } from './failure-words.ts'

it('makes a sentence of a meaning', () => {
  expect(sentence('the vendor timed out')).toBe('The vendor timed out.')
})
