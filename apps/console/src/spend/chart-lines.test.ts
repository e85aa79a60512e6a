import { linesOf } from './chart-lines.ts'

const columns = {
  days: [1, 2],
  billed: [1, null],
  reserved: [0, null],
  expected: [1, 2],
  rate: 'At the rate of today',
  cap: [3, 3],
}

it('tells the lines of a chart apart by their dashes, and says by which rate one goes on', () => {
  const lines = linesOf(columns, 'CNY')
  expect(lines.map(({ label }) => label)).toEqual([
    'Billed (CNY)',
    'Reserved (CNY)',
    'At the rate of today (CNY)',
    'Cap of a day (CNY)',
  ])
  expect(new Set(lines.map(({ dash }) => dash.join())).size).toBe(lines.length)
})

it('leaves out what there is nothing of', () => {
  const lines = linesOf({ ...columns, expected: [], cap: [] }, 'USD')
  expect(lines.map(({ label }) => label)).toEqual(['Billed (USD)', 'Reserved (USD)'])
})
