import { ApiError } from './api-error.ts'
import { readRetryAfter, retryTransient, retryWithin } from './retry.ts'

const failed = (status: number, retryAfterMs?: number) =>
  new ApiError('unavailable', 'x', {
    call: 'GET /v1/models',
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })

describe('a call that failed', () => {
  it('is repeated five times with growing waits', () =>
    expect([0, 1, 2, 3, 4, 5].map((attempt) => retryTransient(failed(503), attempt))).toEqual([
      500,
      1000,
      2000,
      4000,
      8000,
      undefined,
    ]))

  it('is repeated no sooner than the producer asks', () => {
    expect(retryTransient(failed(503, 5000), 0)).toBe(5000)
    expect(retryTransient(failed(503, 5000), 4)).toBe(8000)
  })

  it('is given up where the producer asks for more than the caller would wait', () => {
    expect(retryTransient(failed(503, 60_000), 0)).toBe(60_000)
    expect(retryTransient(failed(503, 60_001), 0)).toBeUndefined()
    expect(retryWithin(3_600_000)(failed(503, 60_001), 0)).toBe(60_001)
    // a timer would fire at once
    expect(retryTransient(failed(503, 2 ** 31), 0)).toBeUndefined()
  })

  it.each([429, 502, 503, 504])('with %i is repeated', (status) =>
    expect(retryTransient(failed(status), 0)).toBe(500),
  )

  it.each([400, 401, 404, 409, 413, 422, 500])('with %i is not', (status) =>
    expect(retryTransient(failed(status), 0)).toBeUndefined(),
  )

  it.each([
    ['unreachable', 500],
    ['no-answer', 500],
    ['unexpected-answer', undefined],
  ] as const)('for %s waits %j ms', (code, ms) =>
    expect(retryTransient(new ApiError(code, 'x', { call: 'GET /v1/models' }), 0)).toBe(ms),
  )
})

describe('Retry-After', () => {
  const now = Date.parse('2026-03-02T21:00:00Z')
  it.each([
    [null, undefined],
    ['', undefined],
    ['soon', undefined],
    ['5', 5000],
    [' 0.5 ', 500],
    ['0', 0],
    ['3600', 3_600_000],
    ['1000000000', 1e12],
    ['-5', undefined],
    ['Mon, 02 Mar 2026 21:00:10 GMT', 10_000],
    ['Mon, 02 Mar 2026 20:00:00 GMT', 0],
  ])('%j is %j ms', (header, ms) => expect(readRetryAfter(header, now)).toBe(ms))
})
