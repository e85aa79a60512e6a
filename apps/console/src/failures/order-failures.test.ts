import type { FailureSum } from '@restyle/client/types'
import { orderFailures, sinceOf, spanOf } from './order-failures.ts'

const of = (code: string, more: Partial<FailureSum> = {}): FailureSum => ({
  code,
  edits: 1,
  batches: 0,
  isKnown: true,
  meaning: '',
  whatWeDid: '',
  whatYouCanDo: '',
  retry: 'unchanged',
  billed: [],
  ...more,
})

it('puts first what a person has to act on: what must change, is not known, or cost money for nothing', () => {
  const { act, again } = orderFailures([
    of('InternalError'),
    of('DataInspectionFailed', { retry: 'changed' }),
    of('Foo.Bar', { isKnown: false }),
    of('ImageExpired', { billed: [{ currency: 'CNY', micros: 1 }] }),
  ])
  expect(act.map(({ code }) => code)).toEqual(['DataInspectionFailed', 'Foo.Bar', 'ImageExpired'])
  expect(again.map(({ code }) => code)).toEqual(['InternalError'])
})

it('reads a span of an address, and falls back where it is none', () => {
  expect([spanOf('week'), spanOf('x'), spanOf(null)]).toEqual(['week', 'all', 'all'])
  expect(sinceOf('all', 0)).toBeUndefined()
  expect(sinceOf('day', Date.UTC(2026, 2, 3, 1, 2, 3))).toBe('2026-03-02T01:02:00.000Z')
})
