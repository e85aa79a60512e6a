import { benchConsolePages } from '@restyle/sandbox/bench/console-pages'
import { allMet, type Figure } from '@restyle/sandbox/bench/report'

let figures: Figure[]
beforeAll(async () => {
  figures = await benchConsolePages({ rows: [3_000], ratios: [1], runs: 1, minutes: 0.02 })
}, 300_000)

const named = (part: string): Figure => {
  const found = figures.find(({ name }) => name.includes(part))
  if (found === undefined) throw new Error(`there is no figure ${part}`)
  return found
}

it('measures each budget of the gallery and the viewer, none of them without a number', () => {
  for (const each of figures) expect([each.name, Number.isFinite(each.value)]).toEqual([each.name, true])
  for (const { name, beside } of figures)
    expect([name, beside === undefined || Number.isFinite(beside)]).toEqual([name, true])
  for (const what of ['first paint', 'jump to either end', 'jump by the bar, p95', 'by the map'])
    expect(named(what)).toMatchObject({ asked: { at: 'most' }, value: expect.any(Number) })
  for (const what of ['viewer opened for the first time', 'until its pictures are there'])
    expect(named(what).value).toBeGreaterThan(0)
  // what is weighed is there
  for (const what of [
    'scripts of the gallery',
    'scripts that the viewer adds',
    'chart of spend',
    'all styles',
  ])
    expect(named(what).value).toBeGreaterThan(1)
})

it('counts what is so on any machine', () => {
  // no more than that was passed can be given up
  expect(named('share of passed pictures given up').value).toBeLessThanOrEqual(1)
  expect(named('renders a second')).toMatchObject({ asked: { at: 'most', bound: 4 } })
  expect(allMet([named('elements of the grid'), named('frames without cells after a jump')])).toBe(true)
})

it('asks of a page no more times what a bare page needs than it may', () => {
  const times = figures.filter(({ name }) => name.endsWith(', times the bare page'))
  expect(times.map(({ name }) => name.replace(/^.*×: /, '').replace(/, times.*/, ''))).toEqual([
    'frame while it scrolls, p95',
    'arrow key to paint, p95',
    'verdict to its mark, p95',
    'next picture in the viewer, p95',
    'CPU ÷4: frame while it scrolls, p95',
  ])
  for (const { value, asked } of times) expect([value > 0, asked?.at]).toEqual([true, 'most'])
})
