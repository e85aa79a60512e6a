import type { Batch } from '@restyle/client/types'
import { countsOf, filters } from './batch-filters.ts'

const counts = (more: object) => ({ succeeded: 0, failed: 0, ...more }) as unknown as Batch['counts']
const stops: NonNullable<Batch['stops']> = [{ reason: 'budget', at: '2026-11-26T12:00:00Z' }]

it('counts what each filter has among the newest batches', () => {
  const newest = [
    { counts: counts({ succeeded: 3, failed: 1 }), verdicts: { approved: 1, rejected: 1, redo: 0 } },
    { counts: counts({ succeeded: 2 }), verdicts: { approved: 1, rejected: 0, redo: 1 }, stops },
    { counts: counts({ succeeded: 5 }), completedAt: '2026-11-26T12:00:00Z' },
  ]
  expect(filters.map(({ word }) => word)).toEqual([
    'all',
    'not ended',
    'paused',
    'to review',
    'with failures',
    'ended',
  ])
  expect(countsOf(newest, false)).toEqual(['3', '2', '1', '2', '1', '1'])
  expect(countsOf(newest, true)).toEqual(['3+', '2+', '1+', '2+', '1+', '1+'])
})
