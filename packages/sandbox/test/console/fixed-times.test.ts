import { toldText, toldTime } from './fixed-times.ts'

const times = { at: Date.UTC(2026, 10, 26, 12), as: Date.UTC(2026, 10, 21, 14, 5), speed: 30 }

it('tells what was a moment ago as long ago as it would have been without the speed', () => {
  expect(new Date(toldTime(times, times.at - 2_000)).toISOString()).toBe('2026-11-21T14:04:00.000Z')
})

it('moves what is further away by whole days', () => {
  expect(toldText(times, '{"next":"2026-11-26T22:00:00Z","day":"2026-11-25"}')).toBe(
    '{"next":"2026-11-21T22:00:00.000Z","day":"2026-11-20"}',
  )
})

it('leaves all other text alone', () => {
  expect(toldText(times, 'RS-2026-11-26x 2026-1-2')).toBe('RS-2026-11-26x 2026-1-2')
})
