import { afterDownload, downloadDeadlineMs, fullWidth, type Width } from './download-pace.ts'

const hour = 3600_000

describe('the deadline of a download', () => {
  it('is a share of what is left of the address, and never less than a minute', () => {
    expect(downloadDeadlineMs(24 * hour, 10)).toBe(2.4 * hour)
    expect(downloadDeadlineMs(5 * 60_000, 10)).toBe(60_000)
    expect(downloadDeadlineMs(-hour, 10)).toBe(60_000)
  })
})

describe('the number of downloads at a time', () => {
  const most = 12
  const slow = (before: Width, beganAt: number, now: number, code = 'Deadline') =>
    afterDownload(before, { kind: 'again', code, beganAt, now }, most)
  const arrive = (before: Width, times: number): Width =>
    Array.from({ length: times }).reduce<Width>(
      (width) => afterDownload(width, { kind: 'bytes', beganAt: 0, now: 0 }, most),
      before,
    )

  it('is halved by a download that was too slow, down to one', () => {
    let pace = fullWidth(most)
    const widths = [10, 20, 30, 40, 50].map((now) => (pace = slow(pace, now - 5, now, 'Idle')).width)
    expect(widths).toEqual([6, 3, 1, 1, 1])
  })

  it('is halved once by those that ran at the same time', () => {
    const pace = [1, 2, 3].reduce((width, beganAt) => slow(width, beganAt, 10 + beganAt), fullWidth(most))
    expect(pace.width).toBe(6)
  })

  it('grows by one for as many arrivals as there are places', () => {
    const narrow = slow(slow(fullWidth(most), 1, 2), 3, 4)
    expect([2, 3, 6, 7].map((times) => arrive(narrow, times).width)).toEqual([3, 4, 4, 5])
    expect(arrive(narrow, 1_000).width).toBe(most)
  })

  it.each(['Http503', 'ECONNRESET', 'Aborted'])('does not change over %s', (code) => {
    expect(slow(fullWidth(most), 1, 2, code).width).toBe(most)
  })
})
