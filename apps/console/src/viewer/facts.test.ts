import { pictureWords } from './facts.ts'

it('says the size of a picture as far as it is known', () => {
  expect(pictureWords({ width: 1_280, height: 960, bytes: 1_234_567 })).toBe('1,280 × 960, 1.2 MB')
  expect(pictureWords({ width: 320, height: 240 })).toBe('320 × 240')
  expect(pictureWords({ bytes: 900 })).toBe('900 B')
  expect(pictureWords({ bytes: 12_345 })).toBe('12 kB')
  expect(pictureWords({})).toBe('')
})
