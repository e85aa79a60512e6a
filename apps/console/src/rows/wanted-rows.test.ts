import { planRows, rowsText } from './wanted-rows.ts'

const none = () => false

it('reads what is missing, at most 200 rows in a call', () => {
  expect(planRows({ wanted: [5, 6, 7], has: (row) => row === 6, calls: [] })).toEqual({
    stop: [],
    read: [5, 7],
  })
  const wanted = Array.from({ length: 300 }, (_, i) => i + 1)
  expect(planRows({ wanted, has: none, calls: [] }).read).toHaveLength(200)
})

it('gives up calls of rows that nobody sees any more, and keeps the others', () => {
  const calls = [{ rows: [1, 2] }, { rows: [90, 91] }]
  expect(planRows({ wanted: [91, 92], has: none, calls })).toEqual({ stop: [0], read: [92] })
})

it('waits while two calls are under way', () => {
  const calls = [{ rows: [1] }, { rows: [2] }]
  expect(planRows({ wanted: [1, 2, 3], has: none, calls })).toEqual({ stop: [], read: [] })
})

it('asks for rows as ranges', () => {
  expect(rowsText([60, 3, 9, 40, 41])).toBe('3,9,40-41,60')
})
