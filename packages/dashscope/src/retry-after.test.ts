import { readRetryAfter } from './retry-after.ts'

const now = Date.UTC(2026, 0, 1, 12, 0, 0)

describe('Retry-After', () => {
  it.each([
    ['30', 30_000],
    [' 2 ', 2_000],
    ['1.5', 1_500],
    ['Thu, 01 Jan 2026 12:01:00 GMT', 60_000],
  ])('reads %p', (header, ms) => {
    expect(readRetryAfter(header, now)).toBe(ms)
  })

  it.each([
    ['0', 1_000],
    ['-5', 1_000],
    ['1000000000', 600_000],
    ['9'.repeat(400), 600_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 1_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 600_000],
  ])('clamps %.20p', (header, ms) => {
    expect(readRetryAfter(header, now)).toBe(ms)
  })

  it.each([undefined, '', 'soon', '30 s'])('has no opinion on %p', (header) => {
    expect(readRetryAfter(header, now)).toBeUndefined()
  })
})
