import { ago, clock, count, counted, duration, moment, money, percent } from './format.ts'

describe('what is shown', () => {
  it('has counts with commas and the right word', () => {
    expect(count(51_204)).toBe('51,204')
    expect(counted(1, 'edit')).toBe('1 edit')
    expect(counted(0, 'edit')).toBe('0 edits')
    expect(counted(2, 'batch', 'batches')).toBe('2 batches')
  })

  it('has money without cents that are none, and never less than there is', () => {
    expect(money(10_240_000_000)).toBe('¥10,240')
    expect(money(200_000)).toBe('¥0.20')
    expect(money(1)).toBe('¥0.000001')
    expect(money(0)).toBe('¥0')
    expect(money(25_000_000, 'USD')).toBe('$25')
  })

  it('has the time of the day to the second', () => {
    expect(clock(Date.parse('2026-11-26T12:04:31Z'), 'Asia/Shanghai')).toBe('20:04:31')
  })

  it('has durations in at most two units', () => {
    expect([9_000, 240_000, 12_000_000, 187_200_000, 172_800_000, -4].map(duration)).toEqual([
      '9 s',
      '4 min',
      '3 h 20 min',
      '2 d 4 h',
      '2 d',
      '0 s',
    ])
    expect(ago(1_000, 2_000)).toBe('just now')
    expect(ago('1970-01-01T00:00:00Z', 60_000)).toBe('1 min ago')
  })

  it('has moments by their day', () => {
    const now = Date.parse('2026-11-26T10:00:00Z')
    expect(moment('2026-11-26T05:40:00Z', now, 'UTC')).toBe('05:40')
    expect(moment('2026-11-27T05:40:00Z', now, 'UTC')).toBe('tomorrow 05:40')
    expect(moment('2026-11-25T05:40:00Z', now, 'Asia/Shanghai')).toBe('yesterday 13:40')
    expect(moment('2026-12-04T05:40:00Z', now, 'UTC')).toBe('Fri 4 Dec 05:40')
  })

  it('has no hundred per cent while something is missing', () => {
    expect(percent(99_999, 100_000)).toBe('99 %')
    expect(percent(1, 100_000)).toBe('1 %')
    expect(percent(3, 3)).toBe('100 %')
    expect(percent(0, 0)).toBe('0 %')
  })
})
