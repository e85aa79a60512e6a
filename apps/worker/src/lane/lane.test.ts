import { LaneConfig } from './lane-config.ts'
import { openLane } from './lane.ts'

const deadlines = { postMs: 6000, receiptMs: 3000, queryMs: 15_000 }

const postingOf = (more: Partial<LaneConfig>) => {
  const config = { name: 'one', model: 'wan2.5-i2i-preview', apiKey: 'sk-test', ...more }
  return openLane(LaneConfig.parse(config), deadlines).posting
}

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
