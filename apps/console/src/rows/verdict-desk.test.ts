import { ApiError } from '@restyle/client/api-error'
import type { VerdictName } from './filter.ts'
import type { Said } from './said.ts'
import { openDesk, type Change } from './verdict-desk.ts'

function open(refuses: (change: Change) => unknown = () => undefined) {
  const shown = new Map<number, VerdictName>()
  const [stored, said, alone]: [string[], string[], string[]] = [[], [], []]
  let overtaken = 0
  const desk = openDesk({
    shownOf: (row) => ({ verdict: shown.get(row) ?? 'none' }),
    editOf: (row) => (row > 100 ? undefined : `e${row}`),
    show: (row, verdict) => shown.set(row, verdict),
    settle: (row, was, now) => {
      if (shown.get(row) === was) shown.set(row, now)
    },
    store: async ({ edit }, change) => {
      await Promise.resolve()
      const error = refuses(change)
      if (error !== undefined) throw error
      stored.push([edit, ...[change.before, change.after].map(words)].join(' '))
    },
    stored: () => {},
    overtaken: () => (overtaken += 1),
    alone: (row, by) => alone.push(`${row} ${by}`),
    wishedOf: () => [],
    say: (text) => said.push(text),
    failed: (error) => said.push(String(error)),
  })
  return { desk, shown, stored, said, alone, overtakenTimes: () => overtaken }
}
const words = ({ verdict, redo }: Said): string => (redo === undefined ? verdict : `${verdict}:${redo}`)
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('shows a verdict before it is stored, and takes back one after another', async () => {
  const { desk, shown, stored } = open()
  expect(desk.decide(1, { verdict: 'approved' })).toBe(true)
  expect(shown.get(1)).toBe('approved')
  desk.decide(2, { verdict: 'rejected' })
  await settled()
  expect(desk.undo()).toBe(2)
  expect(desk.undo()).toBe(1)
  await settled()
  expect(stored).toEqual(['e1 none approved', 'e2 none rejected', 'e2 rejected none', 'e1 approved none'])
  expect(desk.undo()).toBeUndefined()
})

it('decides nothing where nothing is different, or the edit is not known', () => {
  const { desk } = open()
  desk.decide(1, { verdict: 'approved' })
  expect([desk.decide(1, { verdict: 'approved' }), desk.decide(101, { verdict: 'approved' })]).toEqual([
    false,
    false,
  ])
})

it('shows what the producer has where a verdict and its undo are both refused', async () => {
  const { desk, shown, said } = open(() => new Error('away'))
  desk.decide(1, { verdict: 'approved' })
  expect(desk.undo()).toBe(1)
  await settled()
  await settled()
  expect(shown.get(1)).toBe('none')
  expect(said.filter((each) => each === 'Error: away')).toHaveLength(2)
})

it('takes a refused verdict away again, and forgets that it was given', async () => {
  const refusal = new ApiError('precondition-failed', 'decided otherwise', { call: 'PUT', status: 412 })
  const { desk, shown, said, overtakenTimes } = open(() => refusal)
  desk.decide(1, { verdict: 'approved' })
  await settled()
  expect([shown.get(1), overtakenTimes()]).toEqual(['none', 1])
  desk.undo()
  expect(said).toEqual(['ApiError: decided otherwise', 'There is nothing to undo.'])
})

it('tells two takes apart that have the same verdict, also before the row is read again', async () => {
  const { desk, stored } = open()
  desk.ordered(1, 'r1')
  desk.decide(1, { verdict: 'approved', redo: 'r1' })
  desk.decide(1, { verdict: 'approved' })
  expect(desk.decide(1, { verdict: 'approved' })).toBe(false)
  desk.undo()
  await settled()
  expect(stored).toEqual(['e1 redo:r1 approved:r1', 'e1 approved:r1 approved', 'e1 approved approved:r1'])
})

it('has a verdict on many rows taken back as a whole, and says what becomes of it', () => {
  const { desk, said } = open()
  const deed = { kind: 'operation', takeBack: () => 'It is being taken back.' } as const
  desk.did(deed)
  expect(desk.undo()).toBeUndefined()
  desk.did(deed)
  desk.forgot(deed)
  expect(desk.undo()).toBeUndefined()
  expect(said).toEqual(['It is being taken back.', 'There is nothing to undo.'])
})

it('tells which rows are judged alone, as long as that is not taken back or refused', async () => {
  const { desk, alone, said } = open(({ after }) =>
    after.verdict === 'redo' ? new Error('away') : undefined,
  )
  desk.ordered(3, 'r1')
  desk.decide(1, { verdict: 'approved' })
  desk.undo()
  desk.decide(2, { verdict: 'redo' })
  await settled()
  await settled()
  expect(alone).toEqual(['3 1', '1 1', '1 -1', '2 1', '2 -1'])
  expect(said).toEqual(['Row 1: verdict taken back.', 'Error: away'])
})
