import { Batch } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import type { BatchRecord } from '@restyle/shared/ledger/made'
import { explainFailure } from './explain-failure.ts'
import { sumFailures } from './sum-failures.ts'

const batchOf = (id: string, failures: Record<string, number>): BatchRecord => ({
  kind: 'batch',
  batch: Batch.parse({ id, producer: 'acme', bodyHash: 'h' }),
  failures: new Map(Object.entries(failures)),
})

const failed = (id: string, code: string, updatedAt: number, more: Partial<Edit> = {}) =>
  ({ id, key: id, batch: '', billed: 0, updatedAt, failure: { code, message: `m ${id}` }, ...more }) as Edit

it('adds up rows of batches and single edits, most edits first', () => {
  const sums = sumFailures(
    [batchOf('batch_a', { DataInspectionFailed: 180, Odd: 0 }), batchOf('batch_b', { Odd: 3 })],
    [failed('edit_1', 'Odd', 20), failed('batch_b-0', 'Odd', 10, { batch: 'batch_b' })],
  )
  expect(sums).toMatchObject([
    { code: 'DataInspectionFailed', edits: 180, batches: 1, isKnown: true, retry: 'changed', billed: [] },
    { code: 'Odd', edits: 4, batches: 1, isKnown: false, firstAt: 10, lastAt: 20, example: { id: 'edit_1' } },
  ])
  expect(sums[0]).not.toHaveProperty('lastAt')
})

it('says what was billed for nothing, and never adds two currencies up', () => {
  const [sum] = sumFailures(
    [],
    [
      failed('a', 'ImageExpired', 1, { billed: 200_000 }),
      failed('b', 'ImageExpired', 2, { billed: 200_000 }),
      failed('c', 'ImageExpired', 3, { billed: 30_000, currency: 'USD' }),
    ],
  )
  expect(sum?.billed).toEqual([
    { currency: 'CNY', micros: 400_000 },
    { currency: 'USD', micros: 30_000 },
  ])
})

it.each([
  ['DataInspectionFailed', undefined, 'changed', 'Change the prompt'],
  ['InternalError.Timeout', undefined, 'unchanged', 'a new task is made'],
  ['Arrearage', undefined, 'repaired', 'Pay the bill'],
  ['InvalidParameter', 'url error, please check url', 'repaired', "Check the lane's address"],
  ['SourceMissing', undefined, 'repaired', 'Upload the source'],
  ['Http503', undefined, 'unchanged', ''],
  ['toString', undefined, 'unchanged', ''],
])('explains %s', (code, message, retry, todo) => {
  const words = explainFailure(code, message)
  expect(words.retry).toBe(retry)
  expect(words.whatYouCanDo).toContain(todo)
  expect(words.meaning.length).toBeGreaterThan(5)
})
