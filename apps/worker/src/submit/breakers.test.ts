import { openBreakers } from './breakers.ts'

const minute = 60_000
const start = 1_800_000_000_000

/** Every so many minutes the lane takes nothing; gives the minutes at which that was an alarm. */
function alarms(times: readonly number[], acceptedAt?: number) {
  const breakers = openBreakers()
  return times.filter((at) => {
    if (at === acceptedAt) breakers.seen('one', { kind: 'accepted' })
    return breakers.waits('one', start + at * minute)?.alarms === true
  })
}
const minutes = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('a lane that takes nothing', () => {
  it('is an alarm after ten minutes, and again every hour', () => {
    expect(alarms(minutes(0, 130))).toEqual([10, 70, 130])
  })

  it('is none where an edit was accepted in between', () => {
    expect(alarms(minutes(0, 15), 8)).toEqual([])
  })

  it('is none where it was not asked for long', () => {
    expect(alarms([0, 1, 2, 30, 31])).toEqual([])
  })

  it('concerns no other lane', () => {
    const breakers = openBreakers()
    for (const at of minutes(0, 9)) breakers.waits('one', start + at * minute)
    expect(breakers.waits('two', start + 10 * minute)).toBeUndefined()
    expect(breakers.waits('one', start + 10 * minute)).toEqual({ forMs: 10 * minute, alarms: true })
    expect(breakers.waits('one', start + 11 * minute)).toEqual({ forMs: 11 * minute, alarms: false })
  })
})
