import type { ForecastAnswer } from '@restyle/client/types'
import { costText, doneLine, forecastLines, leftLine } from './forecast-lines.ts'
import { clockText, leftText } from './when-text.ts'

const now = new Date(2026, 2, 2, 20, 0).getTime()
const minute = 60_000
const iso = (minutes: number) => new Date(now + minutes * minute).toISOString()
const range = (
  from: number,
  to: number,
  begin = 0,
): Extract<ForecastAnswer['forecast'], { kind: 'range' }> => ({
  kind: 'range',
  begin: { from: iso(begin), to: iso(begin) },
  end: { from: iso(from), to: iso(to) },
  tasksSeen: 87,
  imagesPerHour: 300,
  detail: 'Reckoned from 87 tasks.',
})
const answer: ForecastAnswer = {
  rows: 480,
  images: 480,
  price: [{ currency: 'CNY', leastMicros: 96_000_000, mostMicros: 96_000_000 }],
  left: [],
  forecast: range(120, 160),
}

describe('what a forecast says', () => {
  it('is a price and a time, on this day or on another', () => {
    expect(forecastLines(answer, now)).toEqual([
      'price: CNY 96.00 on the lanes that take them',
      'done: 22:00 to 22:40, in 2h00m to 2h40m. Reckoned from 87 tasks.',
    ])
    expect(doneLine(range(540, 560, 120), now)).toBe(
      'done: Tue 3 Mar 05:00 to Tue 3 Mar 05:20, in about 9h10m, begins not before 22:00. Reckoned from 87 tasks.',
    )
  })

  it('is why nobody knows, or after how many rows it stops', () => {
    const detail = 'Every lane of the model is paused: nobody knows until one is resumed.'
    expect(doneLine({ kind: 'unknown', reason: 'lane-paused', detail }, now)).toBe(`done: unknown. ${detail}`)
    const stops = { kind: 'stops', afterRows: 40, ofRows: 100, by: 'total', detail: '' } as const
    const goesOn = 'The cap of the producer pays for no more; it goes on when an admin raises that'
    expect(doneLine(stops, now)).toBe(`done: stops after 40 of 100 edits. ${goesOn}`)
    expect(doneLine({ ...stops, at: iso(-340) }, now)).toBe(
      `done: stops after 40 of 100 edits, at about 14:20. ${goesOn}`,
    )
  })

  it('is where a day has no money left, and when it goes on by itself', () => {
    const pause = { afterRows: 40, ofRows: 100, at: iso(20), until: iso(240), detail: '' }
    expect(forecastLines({ ...answer, forecast: { ...range(600, 640), pause } }, now).at(-1)).toBe(
      'cap for the day: stops after 40 of 100 edits, at about 20:20; goes on by itself at Tue 3 Mar 00:00',
    )
  })

  it.each<[string, Partial<ForecastAnswer['left'][number]>]>([
    ['budget: CNY 100.00', { of: 'budget' }],
    ['cap: CNY 80.00 of CNY 100.00 left in all', { of: 'total' }],
    ['cap: CNY 80.00 of CNY 100.00 left for today, until Tue 3 Mar 00:00', { of: 'day', until: iso(240) }],
    [
      'cap: USD -0.50 of USD 100.00 left in all; edits that wait already cost up to USD 12.00',
      { of: 'total', currency: 'USD', freeMicros: -500_000, aheadMicros: 12_000_000 },
    ],
  ])('tells what is left: %s', (text, more) => {
    const left = {
      of: 'total',
      currency: 'CNY',
      micros: 100_000_000,
      freeMicros: 80_000_000,
      aheadMicros: 0,
    } as const
    expect(leftLine({ ...left, ...more }, now)).toBe(text)
  })

  it('adds up no two currencies', () =>
    expect(
      costText([
        { currency: 'CNY', leastMicros: 96_000_000, mostMicros: 105_680_000 },
        { currency: 'USD', leastMicros: 0, mostMicros: 1_000_000 },
      ]),
    ).toBe('CNY 96.00 to 105.68 and USD 0.00 to 1.00'))
})

it.each([
  [0, 30, 'under a minute'],
  [45, 80, '45s to 1m20s'],
  [600, 610, 'about 10m'],
  [600, 900, '10m to 15m'],
  [86_400 * 3, 86_400 * 4, '3 days to 4 days'],
])('%i to %i seconds are %s', (from, to, text) => expect(leftText(from * 1000, to * 1000)).toBe(text))

it('names the day of another day only', () => {
  expect(clockText(now + 5 * minute, now)).toBe('20:05')
  expect(clockText(now + 24 * 60 * minute, now)).toBe('Tue 3 Mar 20:00')
})
