import type { Batch } from '@restyle/client/types'
import { expiryWords, moneyEndOf } from './money-end.ts'

const at = (time: string) => time.slice(11, 16)
const stops = { kind: 'stops', afterRows: 1_200, ofRows: 4_000, by: 'budget', detail: '' } as const
const span = { from: '2026-11-26T12:00:00Z', to: '2026-11-26T13:00:00Z' }
const range = { kind: 'range', begin: span, end: span, tasksSeen: 9, imagesPerHour: 60, detail: '' } as const

it('says when the money is used up, as far as the forecast tells', () => {
  expect(moneyEndOf({ ...stops, at: '2026-11-26T06:10:00Z' }, at)).toEqual({
    words: 'the budget: about 06:10, after 1,200 of 4,000 rows',
    isForGood: true,
  })
  expect(moneyEndOf({ ...stops, by: 'total' }, at)?.words).toBe('the cap in all: after 1,200 of 4,000 rows')
  expect(moneyEndOf({ ...stops, afterRows: 0 }, at)?.words).toBe('the budget: now')
})

it('says of the cap for a day when it goes on', () => {
  const pause = {
    afterRows: 9,
    ofRows: 90,
    at: '2026-11-26T22:10:00Z',
    until: '2026-11-27T00:00:00Z',
    detail: '',
  }
  expect(moneyEndOf({ ...range, pause }, at)).toEqual({
    words: 'the cap for the day: about 22:10; it goes on 00:00',
    isForGood: false,
  })
})

it('says nothing where the money lasts, or nobody knows', () => {
  const unknown: Batch['forecast'] = { kind: 'unknown', reason: 'no-lane', detail: '' }
  expect([range, unknown, undefined].map((forecast) => moneyEndOf(forecast, at))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

it('says how long an address lasts, or that it has ended', () => {
  const now = Date.parse('2026-11-26T12:00:00Z')
  expect(expiryWords('2026-11-27T09:00:00Z', now, 'UTC')).toBe('in 21 h, tomorrow 09:00')
  expect(expiryWords('2026-11-26T11:00:00Z', now, 'UTC')).toBe('ended 11:00')
})
