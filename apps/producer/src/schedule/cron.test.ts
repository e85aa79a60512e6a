import { faultOfCron, nextTick, ticksAfter } from './cron.ts'

/** The ticks from a time on and before another, without the year and the seconds. */
const ticks = (cron: string, timeZone: string, from: string, to: string): string[] => {
  const list: string[] = []
  for (const at of ticksAfter({ cron, timeZone }, Date.parse(from) - 1)) {
    if (at >= Date.parse(to)) break
    list.push(new Date(at).toISOString().slice(5, 16))
  }
  return list
}

describe('the ticks of a schedule', () => {
  it.each([
    ['0 8 * * 0', 'America/Chicago', '2026-03-08T05:45Z', '2026-03-09T05:00Z', ['03-08T13:00']],
    ['30 2 * * *', 'America/New_York', '2026-03-08T05:00Z', '2026-03-09T04:00Z', ['03-08T07:30']],
    ['30 1 * * *', 'America/New_York', '2026-11-01T04:00Z', '2026-11-02T05:00Z', ['11-01T05:30']],
    ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T13:00Z', '2026-04-05T13:30Z', ['04-04T14:45']],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T13:30Z', '2026-10-04T13:00Z', ['10-03T15:45']],
    ['30 2 * * *', 'Europe/Paris', '2026-03-28T23:00Z', '2026-03-29T22:00Z', ['03-29T01:30']],
    ['30 2 * * *', 'Europe/Paris', '2026-10-24T22:00Z', '2026-10-25T23:00Z', ['10-25T00:30']],
    ['0 22 * * *', 'Europe/Paris', '2026-03-28T12:00Z', '2026-03-30T12:00Z', ['03-28T21:00', '03-29T20:00']],
    ['0 22 * * *', 'Europe/Paris', '2026-10-24T12:00Z', '2026-10-26T12:00Z', ['10-24T20:00', '10-25T21:00']],
    [
      '0 0 * * *',
      'America/Sao_Paulo',
      '2018-11-03T12:00Z',
      '2018-11-05T12:00Z',
      ['11-04T03:00', '11-05T02:00'],
    ],
    // half past two is half past three on that day, and comes after a quarter past three
    [
      '15,30 2,3 * * *',
      'Europe/Paris',
      '2026-03-29T00:00Z',
      '2026-03-29T04:00Z',
      ['03-29T01:15', '03-29T01:30'],
    ],
    [
      '45 1,2,3 * * *',
      'America/New_York',
      '2026-11-01T04:00Z',
      '2026-11-01T10:00Z',
      ['11-01T05:45', '11-01T07:45', '11-01T08:45'],
    ],
    [
      '*/30 * * * *',
      'Europe/Paris',
      '2026-10-25T00:00Z',
      '2026-10-25T02:30Z',
      ['10-25T00:00', '10-25T00:30', '10-25T01:00', '10-25T01:30', '10-25T02:00'],
    ],
    ['0 12 29 2 *', 'UTC', '2026-01-01T00:00Z', '2030-01-01T00:00Z', ['02-29T12:00']],
    // crontab(5): where both days are named, either does
    ['0 12 13 * 5', 'UTC', '2026-03-12T00:00Z', '2026-03-21T00:00Z', ['03-13T12:00', '03-20T12:00']],
  ])('%s in %s from %s to %s is %j', (cron, timeZone, from, to, expected) => {
    expect(ticks(cron, timeZone, from, to)).toEqual(expected)
  })

  it('comes in each hour that passes where the hour is *', () => {
    const day = (from: string, to: string) => ticks('0 * * * *', 'America/New_York', from, to).length
    expect(day('2026-11-01T04:00Z', '2026-11-02T05:00Z')).toBe(25)
    expect(day('2026-03-08T05:00Z', '2026-03-09T04:00Z')).toBe(23)
  })

  it.each(['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe'])(
    'is the same one by one as all together, through a year of %s',
    (timeZone) => {
      for (const cron of ['17 */6 * * *', '30 2 * * *']) {
        const timing = { cron, timeZone }
        const [from, to] = [Date.parse('2026-01-01T00:00Z'), Date.parse('2027-01-01T00:00Z')]
        const together: number[] = []
        for (const at of ticksAfter(timing, from)) {
          if (at >= to) break
          together.push(at)
        }
        const alone: number[] = []
        for (let at = nextTick(timing, from); at < to; at = nextTick(timing, at)) alone.push(at)
        expect(alone).toEqual(together)
        // each day of the year has its times, whatever the clocks do
        expect(together).toHaveLength(cron.startsWith('17') ? 4 * 365 : 365)
      }
    },
  )
})

describe('a cron expression', () => {
  it.each(['0 22 * * *', '*/5 8-18 * * MON-FRI', '0 22 L * *', '0 0 29 2 *', '30 6 * * 5#2'])(
    'may be %s',
    (cron) => {
      expect(faultOfCron(cron)).toBeUndefined()
    },
  )

  it.each([
    ['0 0 30 2 *', 'never fires'],
    ['0 0 31 4,6 *', 'never fires'],
    ['99 * * * *', 'cannot be read'],
    ['* * * * * *', 'is not five fields'],
    ['@daily', 'is not five fields'],
    ['? * * * *', 'is not five fields'],
    ['', 'is not five fields'],
    ['0 22 * *', 'is not five fields'],
    ['0  22 * * *', 'is not five fields'],
    ['0 22 * * \n', 'is not five fields'],
    ['0 22 * * FOO', 'cannot be read'],
  ])('may not be %j, which %s', (cron, fault) => {
    expect(faultOfCron(cron)).toContain(fault)
  })
})
