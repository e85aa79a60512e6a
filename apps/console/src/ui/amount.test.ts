import { amountOf, raiseOf } from './amount.ts'

it('reads an amount as it is written, to the millionth', () => {
  expect(['40', ' 40.5 ', '¥0.20', '0.000001', '123456789.123456'].map(amountOf)).toEqual([
    40_000_000, 40_500_000, 200_000, 1, 123_456_789_123_456,
  ])
  for (const text of ['', 'x', '-1', '1,000', '1.', '.5', '1e3', '1.0000001', '1 2'])
    expect([text, amountOf(text)]).toEqual([text, undefined])
})

it('raises what may be spent, and nothing else', () => {
  const limit = { currency: 'CNY', micros: 40_000_000, usedMicros: 39_800_000 }
  expect(raiseOf('60', limit)).toEqual({ kind: 'to', micros: 60_000_000, leftMicros: 20_200_000 })
  expect(raiseOf('  ', limit)).toBeUndefined()
  expect(raiseOf('40', limit)).toEqual({ kind: 'not', why: 'It is ¥40 now: write more than that.' })
  expect(raiseOf('forty', limit)).toEqual({ kind: 'not', why: 'Write an amount such as 40 or 40.50.' })
  // a bill was above what was reserved
  expect(raiseOf('41', { ...limit, usedMicros: 41_000_000 })).toEqual({
    kind: 'not',
    why: '¥41 is spent and reserved: write more than that.',
  })
})
