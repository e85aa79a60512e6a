import type { DashScope } from '@restyle/dashscope/client'
import { defaultModel } from '@restyle/dashscope/models'
import type { Task } from '@restyle/dashscope/read-task'
import { openMeasuring } from './measuring.ts'
import { lagOf, measureLane } from './measure-lane.ts'

const refusal = { code: 'Throttling.RateQuota', message: 'slow down', action: 'retryLater' } as const
const throttled = { kind: 'unanswered', ...refusal, httpStatus: 429 } as const
const silent = { kind: 'unanswered', ...refusal, code: 'NoAnswer' } as const
const ended = (more: Partial<Task>) => ({
  kind: 'task' as const,
  task: {
    taskId: 't',
    state: 'succeeded' as const,
    rawStatus: 'SUCCEEDED',
    images: [],
    failures: [],
    billed: 1,
    ...more,
  },
})

function measured(client: Partial<DashScope>) {
  const measuring = openMeasuring({ queryPerSecond: 20, copiesBehind: 100 }, 0)
  const answers = { clock: () => undefined, ...client } as DashScope
  return { client: measureLane(answers, measuring, () => 10_000), read: () => measuring.read(10_000) }
}

describe('a lane', () => {
  it('counts every question about its tasks, and not what it submits', async () => {
    const { client, read } = measured({
      submit: async () => ({ kind: 'accepted', taskId: 't' }),
      task: async () => ended({ state: 'running' }),
      list: async () => silent,
      cancel: async () => ({ kind: 'canceled' }),
    })
    await client.submit(defaultModel, {})
    await client.task('t')
    await client.list({ from: 0, to: 1, page: 1, pageSize: 10 })
    await client.cancel('t')
    expect(read()).toMatchObject({ queries: 3, throttled: { submits: 0, queries: 0 }, lags: [] })
  })

  it('counts what throttles it, and hands every answer on as it is', async () => {
    const refused = { kind: 'refused', ...refusal, httpStatus: 429 } as const
    const { client, read } = measured({ submit: async () => refused, task: async () => throttled })
    expect(await client.submit(defaultModel, {})).toBe(refused)
    expect(await client.task('t')).toBe(throttled)
    await client.task('t')
    expect(read().throttled).toEqual({
      submits: 1,
      queries: 2,
      last: { code: 'Throttling.RateQuota', agoMs: 0 },
    })
  })

  it('sees the end of a task as late as its answer comes, once', async () => {
    const { client, read } = measured({ task: async () => ended({ endedAt: 9_300 }) })
    await client.task('t')
    await client.task('t')
    expect(read().lags).toEqual([700])
  })
})

describe('the vendor’s clock', () => {
  it.each([
    ['is not known', undefined, 700],
    ['may go as ours does', { least: -400, most: 500 }, 700],
    ['is ahead', { least: 4_000, most: 4_800 }, 4_700],
    ['is behind', { least: -5_900, most: -5_000 }, 0],
  ])('%s', (_, clock, lag) => {
    expect(lagOf(9_300, 10_000, clock)).toBe(lag)
  })
})
