import { type Forecast, forecast, type ForecastFacts, together } from './forecast.ts'
import { openHours } from './open-hours.ts'
import type { LaneSeen } from './simulate.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const rows = (count: number, n = 1) => ({ rows: count, images: count * n })
const none = rows(0)

/** A lane whose last tasks took a minute, a little more or less. */
const lane = (more: Partial<LaneSeen> = {}, at = now): LaneSeen => ({
  slots: 5,
  submitPerSecond: 5,
  ages: [],
  seen: Array.from({ length: 100 }, (_, i) => ({ ms: 50_000 + i * 200, n: 1, back: false, endedAt: at })),
  ...more,
})

const facts = (count: number, more: Partial<ForecastFacts> = {}): ForecastFacts => ({
  now,
  queue: { class: 'standard', mine: rows(count), before: none, weight: 1, beside: none, others: [] },
  lanes: [lane()],
  pausedLanes: 0,
  ...more,
})

const rangeOf = (told: Forecast) => {
  if (told.kind !== 'range') throw new Error(`no range but ${JSON.stringify(told)}`)
  return told
}
const endOf = (told: Forecast) => {
  const { from, to } = rangeOf(told).end
  return {
    from: from - now,
    to: to - now,
    middle: (from + to) / 2 - now,
    half: (to - from) / (to + from - 2 * now),
  }
}

describe('when a batch is done', () => {
  it('is as many rounds as its slots need', () => {
    const { middle, half } = endOf(forecast(facts(500)))
    expect(middle / 60_400).toBeGreaterThan(97)
    expect(middle / 60_400).toBeLessThan(104)
    expect(half).toBeLessThan(0.2)
  })

  it('is the same in each call', () => {
    expect(forecast(facts(50))).toEqual(forecast(facts(50)))
  })

  it('depends on the quota of submits where that is less', () => {
    const slow = lane({ slots: 500, submitPerSecond: 0.1 })
    const { middle } = endOf(forecast(facts(300, { lanes: [slow] })))
    expect(middle / 10_200).toBeGreaterThan(300)
    expect(middle / 10_200).toBeLessThan(310)
  })

  it('is half as far with two lanes', () => {
    const one = endOf(forecast(facts(1_000))).middle
    expect(endOf(forecast(facts(1_000, { lanes: [lane(), lane()] }))).middle / one).toBeCloseTo(0.5, 1)
  })

  it('is twice as far beside a producer that has a hundred thousand', () => {
    const { queue } = facts(1_000)
    const others = [{ weight: 1, usual: rows(100_000), bulk: none }]
    const beside = endOf(forecast(facts(1_000, { queue: { ...queue, others } })))
    expect(beside.middle / endOf(forecast(facts(1_000))).middle).toBeCloseTo(2, 1)
  })

  it('begins after what is before it', () => {
    const { queue } = facts(10)
    const { begin } = rangeOf(forecast(facts(10, { queue: { ...queue, before: rows(500) } })))
    expect(begin.from - now).toBeGreaterThan(80 * 60_000)
    expect(begin.to - now).toBeLessThan(120 * 60_000)
  })

  it('is told of the last row alone, which is often done before some that began earlier', () => {
    const seen = lane().seen.map((each, i) => ({ ...each, ms: 20_000 + i * 3_000 }))
    const wide = { lanes: [lane({ slots: 40, seen })] }
    const [all, last] = [forecast(facts(100, wide)), forecast(facts(100, { ...wide, last: true }))]
    expect(endOf(last).middle).toBeLessThan(endOf(all).middle)
    expect(rangeOf(last).end.from).toBeLessThan(rangeOf(all).end.from)
    // it begins when it is its turn, and not when the first one does
    expect(rangeOf(last).begin.from).toBeGreaterThan(rangeOf(all).begin.to)
    expect(endOf(forecast(facts(1, { last: true }))).middle / 60_000).toBeLessThan(1.4)
  })

  it('counts tasks that come back as one more submit each', () => {
    const seen = lane().seen.map((each, i) => ({ ...each, back: i % 4 === 0 }))
    const { middle } = endOf(forecast(facts(1_000, { lanes: [lane({ seen })] })))
    expect(middle / endOf(forecast(facts(1_000))).middle).toBeCloseTo(1.33, 1)
  })

  it('comes to an end where nearly all tasks come back', () => {
    const seen = lane().seen.map((each) => ({ ...each, back: true }))
    expect(forecast(facts(100, { lanes: [lane({ seen })] })).kind).toBe('range')
  })

  it('waits for what runs when all were admitted', () => {
    const { to } = endOf(forecast(facts(0, { running: 2, lanes: [lane({ ages: [10_000, 50_000] })] })))
    expect(to).toBeGreaterThan(40_000)
    expect(to).toBeLessThan(75_000)
  })

  it('is reckoned alike for a million rows', () => {
    const { middle, half } = endOf(forecast(facts(400_000)))
    expect(middle / (80_000 * 60_400)).toBeCloseTo(1, 1)
    expect(half).toBeGreaterThan(0.05)
    expect(half).toBeLessThan(0.2)
  })
})

describe('what is known of durations', () => {
  it('makes the range narrow when a hundred were seen, and wide when three were', () => {
    const few = lane({ seen: lane().seen.slice(48, 51) })
    expect(endOf(forecast(facts(500))).half).toBeLessThan(0.15)
    expect(endOf(forecast(facts(500, { lanes: [few] }))).half).toBeGreaterThan(0.25)
  })

  it('is what is documented where no task was ever seen: a wide range', () => {
    const told = forecast(facts(500, { lanes: [lane({ seen: [] })] }))
    expect(rangeOf(told).tasks).toBe(0)
    const { from, to } = endOf(told)
    expect(from / 60_000).toBeLessThan(90)
    expect(to / 60_000).toBeGreaterThan(190)
  })

  it('is that of edits with as many images, where enough of those were seen', () => {
    const seen = lane().seen.map((each, i) => (i % 2 === 0 ? { ...each, n: 4, ms: each.ms * 3 } : each))
    const mixed = facts(500, { lanes: [lane({ seen })] })
    expect(endOf(forecast(mixed)).middle / endOf(forecast(facts(500))).middle).toBeCloseTo(1, 1)
  })

  it('is that of the other lanes of the model on a lane that is new', () => {
    const fresh = lane({ seen: [] })
    expect(endOf(forecast(facts(1_000, { lanes: [lane(), fresh] }))).half).toBeLessThan(0.15)
  })

  it('is less sure when the last task was seen a day ago', () => {
    const old = lane({}, now - 30 * 3600_000)
    expect(endOf(forecast(facts(500, { lanes: [old] }))).half).toBeGreaterThan(
      1.5 * endOf(forecast(facts(500))).half,
    )
  })

  it('does not take the quick ones of the first round for all', () => {
    const seen = lane().seen.slice(0, 20)
    const ages = Array.from({ length: 20 }, () => 54_000)
    const without = endOf(forecast(facts(500, { lanes: [lane({ seen, slots: 20 })] }))).middle
    expect(endOf(forecast(facts(500, { lanes: [lane({ seen, ages, slots: 20 })] }))).middle).toBeGreaterThan(
      without * 1.2,
    )
  })
})

describe('a window', () => {
  const hours = openHours({ from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' })
  /** One slot that renders 60 images an hour. */
  const steady = (at: number): LaneSeen => ({
    ...lane({ slots: 1 }),
    seen: Array.from({ length: 100 }, () => ({ ms: 59_600, n: 1, back: false, endedAt: at })),
  })

  it.each([
    ['2026-10-24T20:00:00Z', '2026-10-25T04:00:00Z'],
    ['2026-03-28T21:00:00Z', '2026-03-29T21:00:00Z'],
  ])('that opens at %s renders 480 images until %s', (opens, ends) => {
    const at = Date.parse(opens)
    const told = rangeOf(forecast({ ...facts(480), now: at, lanes: [steady(at)], hours }))
    expect(told.end.from).toBeLessThan(Date.parse(ends))
    expect(told.end.to).toBeGreaterThan(Date.parse(ends))
    // closed hours say nothing about the rate
    expect(told.imagesPerHour).toBeGreaterThan(57)
    expect(told.imagesPerHour).toBeLessThan(63)
  })

  it('lets nothing begin before it opens', () => {
    const told = rangeOf(forecast(facts(10, { hours })))
    expect(told.begin.from).toBe(Date.parse('2026-03-02T21:00:00Z'))
  })
})

describe('what nobody can know', () => {
  it.each<[string, Partial<ForecastFacts>]>([
    ['no-lane', { lanes: [] }],
    ['lane-paused', { lanes: [], pausedLanes: 1 }],
    ['producer-paused', { paused: 'producer' }],
    ['batch-paused', { paused: 'batch' }],
    ['too-far', { queue: { ...facts(50_000_000).queue } }],
    ['nothing-ends', { lanes: [lane({ ages: [3600_000] }, now - 3600_000)] }],
    ['nothing-ends', { lanes: [lane({ ages: [3600_000], seen: [] })] }],
  ])('is unknown: %s', (reason, more) => {
    expect(forecast(facts(100, more))).toEqual({ kind: 'unknown', reason })
  })

  it('goes by the lanes that are not paused', () => {
    expect(forecast(facts(100, { pausedLanes: 1 })).kind).toBe('range')
  })

  it('goes on while tasks end, however old one of them is', () => {
    expect(forecast(facts(100, { lanes: [lane({ ages: [3600_000] })] })).kind).toBe('range')
  })
})

describe('a batch of several models', () => {
  const range = (from: number, to: number): Forecast => ({
    kind: 'range',
    begin: { from, to },
    end: { from: from + 100, to: to + 100 },
    tasks: 50,
    imagesPerHour: 10,
  })

  it('begins with the first of its parts and ends with the last', () => {
    expect(together([range(1, 2), range(0, 9)])).toEqual({
      kind: 'range',
      begin: { from: 0, to: 2 },
      end: { from: 101, to: 109 },
      tasks: 50,
      imagesPerHour: 20,
    })
  })

  it('ends nobody knows when, where one of its parts does', () => {
    const unknown: Forecast = { kind: 'unknown', reason: 'lane-paused' }
    expect(together([range(1, 2), unknown])).toEqual(unknown)
    expect(together([unknown, range(1, 2)])).toEqual(unknown)
  })
})
