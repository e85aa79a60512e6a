import type { Batch } from '@restyle/client/types'
import { outlookOf } from './outlook.ts'

const now = Date.parse('2026-11-26T10:00:00Z')
const batch = { id: 'batch_1', total: 3 } as Batch
const range = {
  kind: 'range',
  begin: { from: '2026-11-26T10:00:00Z', to: '2026-11-26T10:00:00Z' },
  end: { from: '2026-11-26T12:00:00Z', to: '2026-11-27T01:00:00Z' },
  tasksSeen: 9,
  imagesPerHour: 60,
  detail: 'As fast as the last 9 tasks.',
} as const
const of = (more: Partial<Batch>) => outlookOf({ ...batch, ...more }, now, 'UTC')

describe('the outlook of a batch', () => {
  it('is a range, with the reason', () => {
    expect(of({ forecast: range })).toEqual({
      words: '12:00 to tomorrow 01:00',
      why: 'As fast as the last 9 tasks.',
      late: false,
    })
  })

  it('is late where the range ends after it should be done', () => {
    expect(of({ forecast: range, finishBy: '2026-11-26T20:00:00Z' })).toMatchObject({
      late: true,
      why: expect.stringContaining('It should be done 20:00.'),
    })
  })

  it('says what is not known, and what it waits for', () => {
    expect(of({}).words).toBe('not known yet')
    expect(of({ waitsFor: { code: 'no-worker', detail: 'No worker runs.' } })).toMatchObject({
      words: 'waits',
      why: 'No worker runs.',
    })
    expect(of({ forecast: { kind: 'unknown', reason: 'no-lane', detail: 'No lane.' } }).words).toBe(
      'not known',
    )
  })

  it('is its end, once it has ended', () => {
    expect(of({ completedAt: '2026-11-25T09:00:00Z' }).words).toBe('done yesterday 09:00')
    expect(of({ completedAt: '2026-11-25T09:00:00Z', canceledAt: '2026-11-25T08:00:00Z' }).words).toBe(
      'canceled yesterday 09:00',
    )
  })
})
