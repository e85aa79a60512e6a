import { auditSince } from './audit.ts'

const hour = 3600_000
const now = 1_800_000_000_000

describe('an audit', () => {
  it('goes back to the last one, however long ago, and two hours further', () => {
    expect(auditSince(now - hour, now)).toBe(now - 3 * hour)
    expect(auditSince(now - 50 * hour, now)).toBe(now - 52 * hour)
  })

  it('goes back a day where nothing tells of an earlier one, and never further than a record lives', () => {
    expect(auditSince(undefined, now)).toBe(now - 24 * hour)
    expect(auditSince(0, now)).toBe(now - 30 * 24 * hour)
  })

  it('does not believe a time to come', () => {
    expect(auditSince(now + hour, now)).toBe(now - 2 * hour)
  })
})
