import { batchName } from './batch-words.ts'

const now = Date.parse('2026-11-26T12:00:00Z')
const schedule = { name: 'nightly', tick: '2026-11-25T22:00:00.000Z' }
const called = (batch: object) => batchName({ id: 'batch_1', ...batch }, now, 'Asia/Shanghai')

it('calls a run by its schedule and its tick, on the clock of who reads it', () => {
  expect(called({ name: 'nightly 2026-11-25T22:00:00.000Z', schedule })).toBe('nightly, 06:00')
  const before = { name: 'nightly', tick: '2026-11-20T22:00:00.000Z' }
  expect(called({ name: `nightly ${before.tick}`, schedule: before })).toBe('nightly, Sat 21 Nov 06:00')
})

it('calls another batch by its name, whatever that is, and one without by its id', () => {
  expect(called({ name: 'nightly 2026-11-25T22:00:00.000Z' })).toBe('nightly 2026-11-25T22:00:00.000Z')
  expect(called({ name: 'nightly, again', schedule })).toBe('nightly, again')
  expect(called({})).toBe('batch_1')
})
