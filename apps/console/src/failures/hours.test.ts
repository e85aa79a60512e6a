import { barsOf, hourWords, picturedHeight } from './hours.ts'

const hours = (counts: Record<number, number>): number[] =>
  Array.from({ length: 24 }, (_, at) => counts[at] ?? 0)
const from = '2026-03-01T23:00:00.000Z'
const said = { from, isBounded: false, now: Date.parse('2026-03-02T22:40:00Z'), zone: 'UTC' }

describe('the bars of a day', () => {
  it('stand in their hours, the highest as high as the picture', () => {
    expect(barsOf([4, 0, 2])).toBe(`M0.1 ${picturedHeight}v-8h0.8v8zM2.1 ${picturedHeight}v-4h0.8v4z`)
  })

  it('are all there, and none is outside of the picture', () => {
    const path = barsOf(hours({ 0: 1, 23: 7 }))
    const bars = [...path.matchAll(/M([\d.]+) 8v-([\d.]+)h0\.8v([\d.]+)z/g)].map(([, x, up, down]) => [
      Number(x),
      up,
      down,
    ])
    expect(bars).toEqual([
      [0.1, '1.14', '1.14'],
      [23.1, '8', '8'],
    ])
  })

  it('show one among a thousand, and nothing where there was nothing', () => {
    expect(barsOf([1_000, 1])).toContain('v-1h')
    expect(barsOf(hours({}))).toBe('')
  })
})

describe('the words of a day', () => {
  it.each([
    [{}, 'none in the last 24 hours'],
    [{ 23: 12 }, '12 in 24 hours: 12 in this hour'],
    [{ 4: 30, 10: 38, 23: 12 }, '80 in 24 hours: 12 in this hour, most 38 at 09:00'],
    [{ 4: 1_200 }, '1,200 in 24 hours: none in this hour, most 1,200 at 03:00'],
    [{ 4: 5, 6: 5 }, '10 in 24 hours: none in this hour, most 5 at 05:00'],
    [{ 0: 5 }, '5 in 24 hours: none in this hour, most 5 at 23:00'],
  ])('of %j are: %s', (counts, words) => {
    expect(hourWords({ ...said, counts: hours(counts) })).toBe(words)
  })

  it('have the hours of this person’s clock', () => {
    const words = hourWords({ ...said, counts: hours({ 4: 30 }), zone: 'Europe/Paris' })
    expect(words).toContain('most 30 at 04:00')
  })

  it('say where there may be more', () => {
    const bounded = { ...said, isBounded: true }
    expect(hourWords({ ...bounded, counts: hours({ 23: 12 }) })).toBe(
      'at least 12 in 24 hours: 12 in this hour',
    )
    expect(hourWords({ ...bounded, counts: hours({}) })).toMatch(/^none .* looked at$/)
  })
})
