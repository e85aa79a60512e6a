import { Batch } from '@restyle/shared/contract/batch'
import type { Edit } from '@restyle/shared/contract/edit'
import type { BatchRecord } from '@restyle/shared/ledger/made'
import { explainFailure } from './explain-failure.ts'
import { firstHour, hoursOf, sumFailures } from './sum-failures.ts'

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
    3600_000 + 5,
  )
  expect(sums).toMatchObject([
    { code: 'DataInspectionFailed', edits: 180, batches: 1, isKnown: true, retry: 'changed', billed: [] },
    { code: 'Odd', edits: 4, batches: 1, isKnown: false, firstAt: 10, lastAt: 20, example: { id: 'edit_1' } },
  ])
  expect(sums[0]).not.toHaveProperty('lastAt')
  // nothing of it was read: that is not to say that there was nothing
  expect(sums[0]).not.toHaveProperty('hours')
  expect(sums[1]?.hours).toEqual([...Array.from({ length: 22 }, () => 0), 2, 0])
})

describe('the hours', () => {
  const [hour, day] = [3600_000, 24 * 3600_000]
  const now = Date.parse('2026-03-02T22:40:10.004Z')

  it('are 24 whole ones, of which the last is the hour that it is', () => {
    expect(new Date(firstHour(now)).toISOString()).toBe('2026-03-01T23:00:00.000Z')
    expect(firstHour(firstHour(now) + day - 1)).toBe(firstHour(now))
    expect(firstHour(firstHour(now) + day)).toBe(firstHour(now) + hour)
  })

  it('count each time where it belongs, to the millisecond', () => {
    const first = firstHour(now)
    const counts = hoursOf([first - 1, first, first + hour - 1, first + hour, now, now], now)
    expect(counts).toHaveLength(24)
    expect([counts[0], counts[1], counts[23]]).toEqual([2, 1, 2])
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(5)
  })

  it('lose nothing that failed while they were counted', () => {
    expect(hoursOf([now + hour], now)[23]).toBe(1)
  })
})

it('says what was billed for nothing, and never adds two currencies up', () => {
  const [sum] = sumFailures(
    [],
    [
      failed('a', 'ImageExpired', 1, { billed: 200_000 }),
      failed('b', 'ImageExpired', 2, { billed: 200_000 }),
      failed('c', 'ImageExpired', 3, { billed: 30_000, currency: 'USD' }),
    ],
    0,
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
