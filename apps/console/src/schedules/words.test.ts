import type { Schedule, ScheduleRun } from '@restyle/client/types'
import { outcomeOf, stateOf } from './words.ts'

const schedule = (more: object) => ({ running: [], skipsInRow: 0, ...more }) as unknown as Schedule
const run = (more: object) => ({ id: 'x', tick: '', decidedAt: '', ...more }) as unknown as ScheduleRun

it('says what a schedule does', () => {
  expect(stateOf(schedule({}))).toBe('waits for its next tick')
  expect(stateOf(schedule({ pausedAt: 'x', running: [{}] }))).toBe('paused')
  expect(stateOf(schedule({ running: [{}], queued: 'x' }))).toBe('runs, and a tick waits')
  expect(stateOf(schedule({ skipsInRow: 3 }))).toBe('waits; 3 ticks skipped in a row')
})

it('says what became of a tick', () => {
  expect(outcomeOf(run({ outcome: 'skipped', reason: 'missed', ticks: 4 }))).toBe(
    '4 ticks skipped: nobody was there',
  )
  expect(outcomeOf(run({ outcome: 'failed', detail: 'no catalog' }))).toBe('failed: no catalog')
  const rows = { new: 5, changed: 37, failed: 3, unchanged: 9955 }
  expect(outcomeOf(run({ outcome: 'ran', rows }))).toBe('ran: 45 rows enqueued, 9955 unchanged')
})
