import type { ForecastAnswer } from '@restyle/client/types'
import { budgetLeft, endWords, isShort, leftWords, priceWords } from './price-words.ts'

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

it('says what is left of the budget of a batch before it is asked for more of it', () => {
  const budget = { currency: 'CNY' as const, micros: 40_000_000, freeMicros: 400_000 }
  expect(leftWords(budgetLeft({ budget }))).toEqual(['Left of the budget: ¥0.40 of ¥40.'])
  expect(budgetLeft({})).toEqual([])
  const price = [{ currency: 'CNY', leastMicros: 200_000, mostMicros: 400_000 }]
  expect(isShort({ price, left: budgetLeft({ budget }) })).toBe(false)
  expect(isShort({ price, left: budgetLeft({ budget: { ...budget, freeMicros: 399_999 } }) })).toBe(true)
  // what waits already goes before
  const left = [{ ...budget, of: 'day' as const, aheadMicros: 1 }]
  expect(isShort({ price, left })).toBe(true)
  expect(isShort({ price: [], left })).toBe(false)
})

it('says when it is done, or why it will not be', () => {
  const now = Date.parse('2026-11-26T10:00:00Z')
  const end = { from: '2026-11-26T12:00:00Z', to: '2026-11-26T12:10:00Z' }
  const range = { kind: 'range', begin: end, end, tasksSeen: 9, imagesPerHour: 60, detail: '' } as const
  expect(endWords(range, now, 'UTC')).toEqual({ words: 'Done 12:00 to 12:10.', isBad: false })
  const paused: ForecastAnswer['forecast'] = {
    kind: 'unknown',
    reason: 'lane-paused',
    detail: 'the lane is paused',
  }
  expect(endWords(paused, now, 'UTC')).toEqual({ words: 'The lane is paused.', isBad: true })
  const stops = { ...paused, detail: 'it stops at about 2026-11-26T12:10:04.691Z: no money' }
  expect(endWords(stops, now, 'UTC').words).toBe('It stops at about 12:10: no money.')
})
