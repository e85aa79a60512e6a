import { backWords, forget, remember, takeBack, type Deed, type Deeds } from './undo.ts'

const verdict = (row: number): Deed => ({
  kind: 'verdict',
  row,
  edit: `e${row}`,
  before: { verdict: 'none' },
  after: { verdict: 'approved' },
})

it('takes back the newest first, verdicts and operations alike', () => {
  const operation: Deed = { kind: 'operation', takeBack: () => '' }
  let deeds: Deeds = [verdict(1), operation].reduce(remember, [] as Deeds)
  const first = takeBack(deeds)
  expect(first?.deed).toBe(operation)
  deeds = first?.left ?? []
  expect(takeBack(deeds)?.deed).toMatchObject({ row: 1 })
  expect(takeBack([])).toBeUndefined()
})

it('forgets what was refused', () => {
  const [one, two] = [verdict(1), verdict(2)]
  expect(forget([one, two], one)).toEqual([two])
})

it('remembers a thousand', () => {
  let deeds: Deeds = []
  for (let row = 1; row <= 1_100; row += 1) deeds = remember(deeds, verdict(row))
  expect(deeds).toHaveLength(1_000)
  expect(deeds[0]).toMatchObject({ row: 101 })
})

it('says what is taken back, and what a row has then', () => {
  expect(backWords(4_711, { verdict: 'none' })).toBe('Row 4,711: verdict taken back.')
  expect(backWords(5, { verdict: 'approved' })).toBe(
    'Row 5: last verdict taken back. It is approved, as before.',
  )
})
