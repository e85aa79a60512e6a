import { nothingFound, withFound } from './found-rows.ts'

it('keeps the rows that were found, one answer after another', () => {
  const first = withFound(nothingFound('key:A'), {
    rows: '1-2,4',
    matched: 3,
    lookedTo: 4,
    ofRows: 6,
    nextRow: 5,
  })
  expect([[...first.bits], first.to]).toEqual([[1, 1, 0, 1, 0, 0], 4])
  const all = withFound(first, { rows: '6', matched: 1, lookedTo: 6, ofRows: 6, unreadable: '5' })
  expect(all).toMatchObject({ text: 'key:A', to: 6, matched: 4, unreadable: 1 })
  expect([...all.bits]).toEqual([1, 1, 0, 1, 0, 1])
})

it('grows with a batch that gets more rows', () => {
  const first = withFound(nothingFound('key:A'), { rows: '1', matched: 1, lookedTo: 1, ofRows: 1 })
  const more = withFound(first, { rows: '', matched: 0, lookedTo: 3, ofRows: 3 })
  expect([...more.bits]).toEqual([1, 0, 0])
})
