import { startDashScope } from '../../src/dashscope/start-dashscope.ts'
import { at, caller, handClock, simulators } from './talk.ts'

describe('the quotas', () => {
  const start = simulators()
  const times = async <T>(count: number, action: () => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, action))

  it('take five submits a second of one model and refuse the sixth, without Retry-After and without a task', async () => {
    const clock = handClock()
    const simulator = await start({ now: clock.now, speed: 60 })
    const { edit, post } = caller(simulator)
    const replies = await times(7, () => edit())
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 200, 200, 429, 429,
    ])
    const refused = replies.find(({ status }) => status === 429)
    expect(refused?.body).toEqual({
      code: 'Throttling.RateQuota',
      message: 'Requests rate limit exceeded, please try again later.',
      request_id: expect.any(String),
    })
    expect(refused?.headers.has('retry-after')).toBe(false)
    expect(simulator.tasks()).toHaveLength(5)
    expect(simulator.posts.filter(({ outcome }) => outcome === 'refused')).toHaveLength(2)
    const other = { prompt: 'x', function: 'f', base_image_url: 'http://127.0.0.1:1/' }
    expect((await post({ model: 'wanx2.1-imageedit', input: other })).status).toBe(200)
    clock.pass(200)
    expect((await edit()).status).toBe(200)
    expect((await edit()).status).toBe(429)
    expect(simulator.counters).toMatchObject({ submits: 10, throttled: 3, mostSubmitsInASecond: 10 })
  })

  it('can name the seconds to wait', async () => {
    const simulator = await start({
      now: handClock().now,
      quotas: { 'wan2.5-i2i-preview': { submitPerSecond: 1 } },
      retryAfterSeconds: 3,
    })
    const replies = await times(2, () => caller(simulator).edit())
    const refused = replies.find(({ status }) => status === 429)
    expect(refused?.headers.get('retry-after')).toBe('3')
  })

  it('run five at once and let the sixth wait as PENDING until a place is free', async () => {
    const clock = handClock()
    const quotas = { 'wan2.5-i2i-preview': { submitPerSecond: 100 } }
    const simulator = await start({
      now: clock.now,
      durations: { medianMs: 1000, sigma: 0 },
      quotas,
      queryPerSecond: 1e6,
    })
    const { edit, query, until } = caller(simulator)
    const ids: unknown[] = []
    for (let k = 0; k < 6; k += 1) ids.push(at(await edit(), 'output.task_id'))
    clock.pass(100)
    for (const id of ids.slice(0, 5)) await until(id, 'RUNNING')
    expect(at(await query(ids[5]), 'output.task_status')).toBe('PENDING')
    clock.pass(1000)
    for (const id of ids.slice(0, 5)) await until(id, 'SUCCEEDED')
    clock.pass(100)
    await until(ids[5], 'RUNNING')
    expect(simulator.counters).toMatchObject({ mostRunning: 5, mostOpen: 6 })
  })

  it('or refuse the sixth with 429', async () => {
    const quotas = { 'wan2.5-i2i-preview': { submitPerSecond: 100 } }
    const simulator = await start({
      durations: { medianMs: 60_000, sigma: 0 },
      quotas,
      beyondLimit: 'refuse',
    })
    const replies = await times(6, () => caller(simulator).edit())
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 200, 200, 429,
    ])
    expect(
      at(
        replies.find(({ status }) => status === 429),
        'code',
      ),
    ).toBe('Throttling.Concurrency')
    expect(simulator.tasks()).toHaveLength(5)
  })

  it('allow twenty queries, twenty lists and twenty cancels a second, each for itself', async () => {
    const clock = handClock()
    const simulator = await startDashScope({ now: clock.now })
    const { call } = caller(simulator)
    const refused = async (path: string, method: string): Promise<number> =>
      (await times(21, () => call(path, { method }))).filter(({ status }) => status === 429).length
    expect(await refused('/tasks/x', 'GET')).toBe(1)
    expect(await refused('/tasks', 'GET')).toBe(1)
    expect(await refused('/tasks/x/cancel', 'POST')).toBe(1)
    expect(simulator.counters).toMatchObject({
      polls: 21,
      lists: 21,
      cancels: 21,
      throttled: 3,
      mostQueriesInASecond: 21,
    })
    await simulator.stop()
  })
})
