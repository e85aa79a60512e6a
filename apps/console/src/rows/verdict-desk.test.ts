import { ApiError } from '@restyle/client/api-error'
import type { VerdictName } from './filter.ts'
import { openDesk, type Change } from './verdict-desk.ts'

function open(refuses: (change: Change) => unknown = () => undefined) {
  const shown = new Map<number, VerdictName>()
  const [stored, said, undone]: [string[], string[], string[]] = [[], [], []]
  let overtaken = 0
  const desk = openDesk({
    shownOf: (row) => shown.get(row) ?? 'none',
    editOf: (row) => (row > 100 ? undefined : `e${row}`),
    show: (row, verdict) => shown.set(row, verdict),
    settle: (row, was, now) => {
      if (shown.get(row) === was) shown.set(row, now)
    },
    store: async (edit, change) => {
      await Promise.resolve()
      const error = refuses(change)
      if (error !== undefined) throw error
      stored.push(`${edit} ${change.before} ${change.after}`)
    },
    stored: () => {},
    overtaken: () => (overtaken += 1),
    undone: (id) => undone.push(id),
    say: (text) => said.push(text),
    failed: (error) => said.push(String(error)),
  })
  return { desk, shown, stored, said, undone, overtakenTimes: () => overtaken }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('shows a verdict before it is stored, and takes back one after another', async () => {
  const { desk, shown, stored } = open()
  expect(desk.decide(1, 'approved')).toBe(true)
  expect(shown.get(1)).toBe('approved')
  desk.decide(2, 'rejected')
  await settled()
  expect(desk.undo()).toBe(2)
  expect(desk.undo()).toBe(1)
  await settled()
  expect(stored).toEqual(['e1 none approved', 'e2 none rejected', 'e2 rejected none', 'e1 approved none'])
  expect(desk.undo()).toBeUndefined()
})

it('decides nothing where nothing is different, or the edit is not known', () => {
  const { desk } = open()
  desk.decide(1, 'approved')
  expect([desk.decide(1, 'approved'), desk.decide(101, 'approved')]).toEqual([false, false])
})

it('takes a refused verdict away again, and forgets that it was given', async () => {
  const refusal = new ApiError('precondition-failed', 'decided otherwise', { call: 'PUT', status: 412 })
  const { desk, shown, said, overtakenTimes } = open(() => refusal)
  desk.decide(1, 'approved')
  await settled()
  expect([shown.get(1), overtakenTimes()]).toEqual(['none', 1])
  desk.undo()
  expect(said).toEqual(['ApiError: decided otherwise', 'There is nothing to undo.'])
})

it('has an operation taken back as a whole', () => {
  const { desk, undone } = open()
  desk.did({ kind: 'operation', id: 'op1', rows: 30_000, after: 'approved' })
  expect(desk.undo()).toBeUndefined()
  expect(undone).toEqual(['op1'])
})
