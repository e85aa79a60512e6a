import type { Batch } from '@restyle/client/types'
import { standstillOf } from './standstill.ts'

type Stops = NonNullable<Batch['stops']>
const stop = (reason: Stops[number]['reason'], detail?: string): Stops[number] => ({
  reason,
  at: '2026-11-26T12:00:00Z',
  ...(detail === undefined ? {} : { detail }),
})
const of = (stops: Stops, ofProducer: Stops = [], more: object = {}) =>
  standstillOf({ id: 'b1', stops, ...more }, { stops: ofProducer }, (time) => time.slice(11, 16))

it('leads to where the money is raised that a batch stands still for', () => {
  expect(of([stop('budget', 'It is used up.')])).toEqual({
    words: 'stopped: It is used up.',
    link: { to: '/batches/b1?raise=budget', text: 'Raise its budget' },
  })
  const ofDay = stop('day', 'Used up. It goes on at 2026-11-27T00:00:00.000Z.')
  expect(of([], [ofDay])).toEqual({
    words: 'stopped: Used up. It goes on at 00:00.',
    link: { to: '/spend', text: 'Look at the caps' },
  })
  // its own first: the cap alone would not do
  expect(of([stop('budget')], [ofDay])?.link?.text).toBe('Raise its budget')
})

it('names what stops it otherwise', () => {
  expect(of([stop('window', 'It is day.')])).toEqual({ words: 'stopped: It is day.' })
  expect(of([stop('person'), stop('budget')])).toEqual({ words: 'paused' })
  expect(of([], [stop('person')])).toEqual({ words: 'stopped: its producer is paused' })
})

it('says nothing of one that goes on, or has ended', () => {
  expect(of([])).toBeUndefined()
  expect(of([], [stop('day')], { completedAt: '2026-11-26T12:00:00Z' })).toBeUndefined()
})
