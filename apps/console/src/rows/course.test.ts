import type { Operation } from '@restyle/client/types'
import { endWords, progressOf, rowsNamed } from './course.ts'

const operation = (more: Partial<Operation>): Operation => ({
  id: 'operation_1',
  batch: 'batch_1',
  state: 'done',
  verdict: 'approved',
  by: 'key',
  matched: 10,
  skipped: 0,
  done: 10,
  left: 0,
  createdAt: '2026-03-02T21:14:09.120Z',
  ...more,
})

it('says how far several are together, with the rows of those that have not begun', () => {
  const parts = [{ verdict: 'approved', rows: '1-3,7' } as const, { verdict: 'approved', where: {} } as const]
  expect(rowsNamed(parts)).toBe(4)
  const operations = [operation({}), operation({ state: 'running', done: 2 })]
  expect(progressOf({ isUndo: false, operations, ahead: 4, unsent: true })).toEqual({ done: 12, of: 24 })
  const undone = [operation({ restored: 9, changedSince: 1 }), operation({ restored: 3 })]
  expect(progressOf({ isUndo: true, operations: undone, ahead: 0, unsent: false })).toEqual({
    done: 12,
    of: 20,
  })
})

it('says what they came to', () => {
  const operations = [operation({ left: 1, done: 9 }), operation({ done: 1, matched: 1 })]
  expect(endWords({ isUndo: false, operations, ahead: 0, unsent: false })).toBe(
    '10 verdicts stored; 1 row had changed and stayed.',
  )
  const undone = [operation({ restored: 10 })]
  expect(endWords({ isUndo: true, operations: undone, ahead: 0, unsent: false })).toBe(
    '10 verdicts taken back.',
  )
  expect(
    endWords({ isUndo: false, operations: [operation({ matched: 0, done: 0 })], ahead: 0, unsent: false }),
  ).toMatch(/^No verdict stored: /)
  // what could not be ordered, or is not over
  const broken = [operation({}), operation({ state: 'running', done: 2 })]
  expect(endWords({ isUndo: false, operations: broken, ahead: 3_000, unsent: true })).toBe(
    '12 verdicts stored; 3,000 rows not judged; the producer goes on with the rest.',
  )
})
