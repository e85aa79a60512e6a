import { ApiError } from '@restyle/client/api-error'
import type { Verdict } from '@restyle/client/types'
import { storeVerdict } from './store-verdict.ts'

const change = { before: { verdict: 'none' }, after: { verdict: 'approved', redo: 'r1' } } as const
const conflict = new ApiError('precondition-failed', 'another tag', { call: 'PUT', status: 412 })

/** A producer that has these verdicts, one after another, and refuses to store so often. */
function open(has: readonly Partial<Verdict>[], refusals = 0) {
  const left = [...has]
  const stored: unknown[] = []
  const verdicts = {
    readTagged: async () => ({ verdict: (left.shift() ?? { verdict: null }) as Verdict, tag: '"t"' }),
    set: async (...told: unknown[]) => {
      stored.push(told)
      if (stored.length <= refusals) throw conflict
      return { verdict: 'approved' } as Verdict
    },
  }
  return { store: () => storeVerdict(verdicts, 'e1', change), stored }
}

it('stores a verdict by the tag of what it was given on', async () => {
  const { store, stored } = open([{ verdict: null }])
  await store()
  expect(stored).toEqual([['e1', { verdict: 'approved', redo: 'r1' }, { ifMatch: '"t"' }]])
})

it('stores nothing over what somebody else has said, and names who did', async () => {
  const { store, stored } = open([{ verdict: 'rejected', by: 'ana' }])
  await expect(store()).rejects.toThrow('The key ana has decided otherwise: rejected.')
  expect(stored).toEqual([])
})

it('takes a verdict for stored whose answer was lost, and no other', async () => {
  await open([{ verdict: null }, { verdict: 'approved', redo: 'r1' } as Partial<Verdict>], 1).store()
  await expect(open([{ verdict: null }, { verdict: 'approved' }], 1).store()).rejects.toBe(conflict)
})
