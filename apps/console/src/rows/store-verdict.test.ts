import { ApiError } from '@restyle/client/api-error'
import type { Operation, Verdict } from '@restyle/client/types'
import { storeVerdict } from './store-verdict.ts'
import type { Change } from './verdict-desk.ts'

const change = { before: { verdict: 'none' }, after: { verdict: 'approved', redo: 'r1' } } as const
const conflict = new ApiError('precondition-failed', 'another tag', { call: 'PUT', status: 412 })

/** A producer that has these verdicts, one after another, and refuses to store so often. */
function open(
  has: readonly Partial<Verdict>[],
  {
    refusals = 0,
    refusal = conflict,
    matches = 1,
  }: { refusals?: number; refusal?: Error; matches?: number } = {},
) {
  const left = [...has]
  const stored: unknown[] = []
  const verdicts = {
    readTagged: async () => ({ verdict: (left.shift() ?? { verdict: null }) as Verdict, tag: '"t"' }),
    set: async (...told: unknown[]) => {
      stored.push(told)
      if (stored.length <= refusals) throw refusal
      return { verdict: 'approved' } as Verdict
    },
    judge: async (...told: unknown[]) => {
      stored.push(told)
      return { id: 'o1' } as Operation
    },
    wait: async () => ({ done: matches }) as Operation,
  }
  const judged = { edit: 'e1', batch: 'b1', row: 7 }
  return { store: (what: Change = change) => storeVerdict(verdicts, judged, what), stored }
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
  const named = open([{ verdict: 'redo', by: '5f2c9a7d1e3b4c60', byName: 'Ana' }])
  await expect(named.store()).rejects.toThrow('Ana has decided otherwise: to redo.')
  const back = open([{ verdict: null }]).store({ ...change, before: { verdict: 'redo' } })
  await expect(back).rejects.toThrow('Somebody has taken the verdict back meanwhile.')
})

it('stores nothing where somebody else has said the same, and why', async () => {
  const { store, stored } = open([
    { verdict: 'approved', redo: 'r1', by: 'ana', note: 'as bright as can be' },
  ])
  await store()
  expect(stored).toEqual([])
})

it('takes a verdict for stored whose answer was lost, and no other', async () => {
  await open([{ verdict: null }, { verdict: 'approved', redo: 'r1' } as Partial<Verdict>], {
    refusals: 1,
  }).store()
  await expect(open([{ verdict: null }, { verdict: 'approved' }], { refusals: 1 }).store()).rejects.toBe(
    conflict,
  )
})

it('stores over what the row got here together with many others, whenever that came, and over nothing else', async () => {
  const among: Change = { ...change, wished: ['rejected'] }
  const first = open([{ verdict: 'rejected' }])
  await first.store(among)
  expect(first.stored).toHaveLength(1)
  const between = open([{ verdict: null }, { verdict: 'rejected' }], { refusals: 1 })
  await between.store(among)
  expect(between.stored).toHaveLength(2)
  await expect(open([{ verdict: 'redo', by: 'ana' }]).store(among)).rejects.toThrow('The key ana has decided')
  await expect(open([{ verdict: null }, { verdict: 'redo' }], { refusals: 1 }).store(among)).rejects.toBe(
    conflict,
  )
})

describe('in a batch that takes no more single verdicts', () => {
  const full = {
    refusals: 1,
    refusal: new ApiError('too-many-verdicts', 'as many as it may have', { call: 'PUT', status: 409 }),
  }
  const plain: Change = { before: { verdict: 'rejected' }, after: { verdict: 'approved' } }

  it('judges the row as many rows are judged, where nobody has decided since', async () => {
    const { store, stored } = open([{ verdict: 'rejected' }], full)
    await store(plain)
    expect(stored.at(-1)).toEqual(['b1', { verdict: 'approved', rows: '7', where: { verdict: 'rejected' } }])
    await expect(open([{ verdict: 'rejected' }], { ...full, matches: 0 }).store(plain)).rejects.toMatchObject(
      {
        status: 412,
      },
    )
  })

  it('stores nothing on another picture than the one that was meant', async () => {
    for (const after of [{ redo: 'r1' }, { image: 1 }, { note: 'too dark' }]) {
      const { store, stored } = open([{ verdict: null }], full)
      const said: Change = { before: { verdict: 'none' }, after: { verdict: 'approved', ...after } }
      await expect(store(said)).rejects.toThrow('no other take and no image can be named')
      expect(stored).toHaveLength(1)
    }
  })
})
