import { LaneConfig } from './lane-config.ts'
import { openLane, roomOf } from './lane.ts'

const deadlines = { postMs: 6000, receiptMs: 3000, queryMs: 15_000 }

const open = (more: Partial<LaneConfig>) => {
  const config = { name: 'one', model: 'wan2.5-i2i-preview', apiKey: 'sk-test', ...more }
  return openLane(LaneConfig.parse(config), deadlines)
}
const postingOf = (more: Partial<LaneConfig>) => open(more).posting

describe('a lane', () => {
  it('has one POST under way at the documented quota', () => {
    expect(postingOf({})).toBe(1)
  })

  it('has as many as its quota needs for the time that one takes', () => {
    expect(postingOf({ submitPerSecond: 20, running: 50 })).toBe(4)
  })

  it('has never more POSTs under way than tasks may run', () => {
    expect(postingOf({ submitPerSecond: 1000, running: 3 })).toBe(3)
  })
})

describe('what an edit asks of a lane', () => {
  const place = { bucket: 'b', createOnce: 'oss' }
  const ask = (more: Partial<LaneConfig>) => roomOf(open(more), deadlines, 10, place)

  it('is the money of an image, and a lease for its receipt and its POST', () => {
    expect(ask({})).toMatchObject({ priceMicros: open({}).priceMicros, leaseMs: 9_000 })
  })

  it('is to come a little later than the quota allows', () => {
    expect(ask({ submitPerSecond: 5 }).submitIntervalMicros).toBe(204_000)
  })
})
