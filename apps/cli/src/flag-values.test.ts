import { finishTime, windowHours } from './flag-values.ts'

const now = Date.parse('2026-03-02T21:00:10Z')

describe('the hours of a window', () => {
  const night = { from: '22:00', to: '06:00' }

  it.each([
    ['22:00-06:00', night],
    ['22:00–06:00', night],
    ['Mon-Fri 22:00-06:00', { ...night, days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'] }],
    ['sat,sun 22:00-06:00', { ...night, days: ['Sat', 'Sun'] }],
    ['Fri-Mon 22:00-06:00', { ...night, days: ['Mon', 'Fri', 'Sat', 'Sun'] }],
    ['Wed 22:00-06:00', { ...night, days: ['Wed'] }],
  ])('may be written %s', (text, hours) => expect(windowHours(text)).toEqual(hours))

  it.each([
    '22-6',
    '24:00-06:00',
    '22:00-06:60',
    '22:00',
    'Mo 22:00-06:00',
    'Mon- 22:00-06:00',
    '06:00-06:00',
    '',
  ])('are not %j', (text) => expect(() => windowHours(text)).toThrow(/^It (must be two times|is empty)/))
})

describe('the time by which a run should be done', () => {
  it.each([
    ['06:00', 'Europe/Paris', '2026-03-03T05:00:00.000Z'],
    ['22:00', 'Europe/Paris', '2026-03-03T21:00:00.000Z'],
    ['22:01', 'Europe/Paris', '2026-03-02T21:01:00.000Z'],
    ['2026-03-03T06:00+01:00', 'UTC', '2026-03-03T05:00:00.000Z'],
  ])('%s in %s is %s', (text, zone, iso) => expect(finishTime(text)(zone, now)).toBe(iso))

  it.each(['6', '25:00', 'tomorrow', '2026-03-03', '2026-03-03T06:00', '2026-02-30T25:00Z'])(
    'is not %j',
    (text) => expect(() => finishTime(text)).toThrow('It must be a time such as 06:00'),
  )
})
