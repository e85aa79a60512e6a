import type { Task } from '@restyle/dashscope/read-task'
import { openDurations, tookMs } from './durations.ts'

const remember = (...durations: number[]) => {
  const seen = openDurations()
  for (const each of durations) seen.remember('one', each)
  return seen
}
const range = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i)

describe('how long tasks take', () => {
  it('is not known from fewer than ten', () => {
    expect(remember(...range(9)).of('one')).toBeUndefined()
    expect(remember(...range(10)).of('one')).toEqual({ soonestMs: 1, usualMs: 6 })
  })

  it('is known for each lane alone', () => {
    expect(remember(...range(20)).of('two')).toBeUndefined()
  })

  it('is that of the last fifty: what was soon once is forgotten', () => {
    expect(remember(...range(100)).of('one')).toEqual({ soonestMs: 51, usualMs: 76 })
  })
})

describe('a task', () => {
  const task = (more: Partial<Task>) => more as Task

  it('took what the vendor says, whatever our clock does', () => {
    expect(tookMs(task({ submittedAt: 1_000, endedAt: 61_000 }), -5_000)).toBe(60_000)
  })

  it.each([{ submittedAt: 1_000 }, { endedAt: 1_000 }, { submittedAt: 2_000, endedAt: 1_000 }])(
    'took until we knew where the vendor does not say: %j',
    (times) => {
      expect(tookMs(task(times), 7_000)).toBe(7_000)
      expect(tookMs(task(times), -7_000)).toBe(0)
    },
  )
})
