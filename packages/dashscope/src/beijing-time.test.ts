import { formatBeijing, parseBeijing } from './beijing-time.ts'

describe('Beijing time', () => {
  it('reads a time as UTC+8, whatever zone this machine is in', () => {
    expect(parseBeijing('2025-10-23 16:18:16.009')).toBe(Date.UTC(2025, 9, 23, 8, 18, 16, 9))
    expect(parseBeijing('2025-10-23 16:18:16')).toBe(Date.UTC(2025, 9, 23, 8, 18, 16))
    expect(parseBeijing('2026-01-01 00:00:00.000')).toBe(Date.UTC(2025, 11, 31, 16))
  })

  it.each([
    '',
    'soon',
    '2025-10-23',
    '2025-13-01 00:00:00.000',
    '2025-02-31 00:00:00.000',
    '2025-10-23T16:18:16Z',
  ])('does not take %p for a time', (text) => {
    expect(parseBeijing(text)).toBeUndefined()
  })

  it('writes a time as the list takes it', () => {
    expect(formatBeijing(Date.UTC(2025, 11, 31, 16, 0, 1, 999))).toBe('20260101000001')
  })
})
