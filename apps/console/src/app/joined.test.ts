import type { Batch } from '@restyle/client/types'
import { joined } from './joined.ts'

const told = (more: object) => ({ id: 'b1', counts: { rendered: 1 }, ...more }) as unknown as Batch
const forecast = { kind: 'unknown', reason: 'no-lane', detail: 'x' }
const known = told({
  name: 'old',
  forecast,
  waitsFor: { code: 'slots' },
  firstExpiry: '2026-11-27T00:00:00Z',
})

it('keeps what the line leaves out, and takes everything else as it was told', () => {
  expect(joined(known, told({ name: 'new' }))).toEqual({ ...known, name: 'new' })
  expect(joined(told({}), told({ name: 'new' }))).toEqual(told({ name: 'new' }))
})

it('forgets it where it is over', () => {
  const over = told({ completedAt: '2026-11-26T12:00:00Z', counts: { rendered: 0 } })
  expect(joined(known, over)).toEqual(over)
  const stored = joined(known, told({ counts: { rendered: 0 } }))
  expect([stored.firstExpiry, stored.forecast]).toEqual([undefined, forecast])
})
