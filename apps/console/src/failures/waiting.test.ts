import type { Lane } from '@restyle/client/types'
import { waitingLanes } from './waiting.ts'

const now = Date.parse('2026-03-02T21:40:00Z')
const calm: Lane = {
  id: 'lane-1',
  name: 'sg-1',
  model: 'wan2.5-i2i-preview',
  region: 'singapore',
  running: 4,
  slots: 5,
  submitPerSecond: 5,
  pauses: [],
  limits: { submits: { perSecond: 5, configured: 5 } },
}
const throttled = { submits: 1, queries: 2, since: '2026-03-02T20:40:00Z' }
const measured = (more: object): Lane => ({
  ...calm,
  now: { workers: 1, queriesPerSecond: 1, throttled: { ...throttled, ...more } },
})
const because = (code: 'throttled' | 'vendor' | 'person', of: Lane = calm): Lane => ({
  ...of,
  limits: { submits: { perSecond: 0, configured: 5, because: { code, detail: 'It waits.' } } },
})

it('has lanes that are kept back, with the code that the vendor says', () => {
  const last = { at: '2026-03-02T21:39:00Z', code: 'Throttling.RateQuota' }
  expect(waitingLanes([because('throttled', measured({ last }))], now)).toEqual([
    {
      id: 'lane-1',
      lane: 'sg-1',
      code: 'Throttling.RateQuota',
      holds: true,
      why: 'It waits.',
      last: 'now',
    },
  ])
  // its last throttling is not why it is refused
  expect(waitingLanes([because('vendor', measured({ last }))], now)).toMatchObject([
    { code: undefined, holds: true, last: 'now' },
  ])
})

it('has lanes that were throttled in the last hour and go on', () => {
  const last = { at: '2026-03-02T21:38:00Z', code: 'Throttling' }
  expect(waitingLanes([measured({ last })], now)).toMatchObject([
    {
      code: 'Throttling',
      holds: false,
      last: '2 min ago',
      why: expect.stringContaining('3 times in the last hour'),
    },
  ])
})

it('leaves out lanes that go on, and those that a person has paused', () => {
  const none = { submits: 0, queries: 0 }
  expect(waitingLanes([calm, measured(none), because('person')], now)).toEqual([])
})
