import { leftWords, priceWords } from './price-words.ts'

it('says each price by its currency, and what is left of each cap', () => {
  expect(
    priceWords([
      { currency: 'CNY', leastMicros: 200_000, mostMicros: 220_000 },
      { currency: 'USD', leastMicros: 30_000, mostMicros: 30_000 },
    ]),
  ).toBe('¥0.20 to ¥0.22 or $0.03')
  expect(
    leftWords([
      { currency: 'CNY', micros: 5_000_000, of: 'total', freeMicros: 4_800_000, aheadMicros: 0 },
      { currency: 'CNY', micros: 1_000_000, of: 'day', freeMicros: 600_000, aheadMicros: 200_000 },
    ]),
  ).toEqual([
    'Left of the cap in all: ¥4.80 of ¥5.',
    'Left of the cap for the day: ¥0.60 of ¥1, of which ¥0.20 is for what waits already.',
  ])
})
