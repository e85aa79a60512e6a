import { everything } from './filter.ts'
import { manyOf } from './many-of.ts'

const list = Uint32Array.of(1, 2, 3, 7)
const all = { kind: 'matching', except: [] } as const

it('names rows that were selected one by one', () => {
  const selection = {
    kind: 'rows',
    rows: [
      [1, 2],
      [7, 7],
    ],
  } as const
  expect(manyOf({ selection, filter: everything, list }, null)).toEqual({ verdict: null, rows: '1-2,7' })
})

it('sends the filter for all that match, without those that were taken out', () => {
  const filter = { ...everything, states: ['failed', 'succeeded'], verdicts: ['none'] } as const
  const selection = { kind: 'matching', except: [[2, 2]] } as const
  expect(manyOf({ selection, filter, list }, 'approved')).toEqual({
    verdict: 'approved',
    where: { state: 'succeeded', verdict: 'none' },
    except: '2',
  })
  expect(manyOf({ selection: all, filter: everything, list }, 'approved')).toEqual({
    verdict: 'approved',
    where: {},
  })
})

it('names the rows where the producer has no such filter', () => {
  const filter = { ...everything, verdicts: ['none', 'redo'] } as const
  const selection = { kind: 'matching', except: [[2, 2]] } as const
  expect(manyOf({ selection, filter, list }, 'rejected')).toEqual({ verdict: 'rejected', rows: '1,3,7' })
})
