import { alwaysOpen, openHours } from './open-hours.ts'
import { type Course, type Purse, spend } from './spend.ts'

const at = (text: string) => Date.parse(`2026-03-02T${text}:00Z`)
const hour = 3600_000
/** A hundred rows, one a minute from noon. */
const course = (more: Partial<Course> = {}): Course => ({
  now: at('12:00'),
  rows: 100,
  begin: at('12:00'),
  end: at('13:40'),
  hours: alwaysOpen,
  ...more,
})
/** Days that end at midnight UTC. */
const day = (rows: number, perDay: number): Purse => ({
  of: 'day',
  rows,
  perDay,
  endOf: (time) => (Math.floor(time / (24 * hour)) + 1) * 24 * hour,
})

describe('rows and the money that there is', () => {
  it('end when they would without it, where it pays for all', () => {
    expect(spend(course(), [])).toEqual({ kind: 'ends', at: at('13:40') })
    const enough: Purse[] = [{ of: 'budget', rows: 100 }, { of: 'total', rows: 101 }, day(100, 1)]
    expect(spend(course(), enough)).toEqual({ kind: 'ends', at: at('13:40') })
  })

  it('stop after as many as it pays for, at about that time, for the first purse that is empty', () => {
    const purses: Purse[] = [
      { of: 'budget', rows: 60 },
      { of: 'total', rows: 40 },
    ]
    expect(spend(course(), purses)).toEqual({ kind: 'stops', rows: 40, at: at('12:40'), of: 'total' })
    expect(spend(course(), [{ of: 'budget', rows: 0 }])).toEqual({
      kind: 'stops',
      rows: 0,
      at: at('12:00'),
      of: 'budget',
    })
    expect(spend(course(), [{ of: 'total', rows: -5 }])).toMatchObject({ rows: 0 })
  })

  it('stand still where a day is paid up, and go on by themselves with the next one', () => {
    const midnight = at('12:00') + 12 * hour
    expect(spend(course(), [day(40, 70)])).toEqual({
      kind: 'ends',
      at: midnight + hour,
      pause: { rows: 40, at: at('12:40'), until: midnight },
    })
    expect(spend(course(), [day(40, 20)])).toMatchObject({
      kind: 'ends',
      at: midnight + 48 * hour + hour / 3,
    })
  })

  it('do not stand still where the day ends before it is paid up', () => {
    const late = { now: at('22:00'), begin: at('23:00'), end: at('23:00') + 1.5 * hour, rows: 90 }
    expect(spend(course(late), [day(70, 50)])).toEqual({ kind: 'ends', at: at('23:00') + 1.5 * hour })
    // what is left of today says nothing where they begin tomorrow
    expect(
      spend(course({ begin: at('23:00') + 2 * hour, end: at('23:00') + 3 * hour }), [day(0, 100)]),
    ).toEqual({
      kind: 'ends',
      at: at('23:00') + 3 * hour,
    })
  })

  it('wait for what goes before them, also for days', () => {
    const midnight = at('12:00') + 12 * hour
    // today and 30 of tomorrow's 50 are for others
    expect(spend(course(), [day(-30, 50)])).toMatchObject({
      pause: { rows: 0, at: at('12:00'), until: midnight },
      at: midnight + 48 * hour + 0.5 * hour,
    })
    expect(spend(course(), [day(-60, 50)])).toMatchObject({ pause: { rows: 0, until: midnight + 24 * hour } })
  })

  it('stop for good under a day that does not pay for one of them', () => {
    expect(spend(course(), [day(0, 0)])).toMatchObject({ kind: 'stops', rows: 0, of: 'day' })
    expect(spend(course(), [{ of: 'budget', rows: 70 }, day(40, 20)])).toMatchObject({
      kind: 'stops',
      rows: 70,
    })
  })

  it('are too far away after a year', () =>
    expect(spend(course({ rows: 400 }), [day(1, 1)]).kind).toBe('too-far'))

  it('go on when their window opens, where that is after the day has begun', () => {
    const hours = openHours({ from: '09:00', to: '17:00', timeZone: 'UTC' })
    const opens = at('09:00') + 24 * hour
    expect(spend(course({ hours }), [day(40, 100)])).toEqual({
      kind: 'ends',
      at: opens + hour,
      pause: { rows: 40, at: at('12:40'), until: opens },
    })
  })
})
