import { at, caller, handClock, simulators } from './talk.ts'

const model = 'wan2.5-i2i-preview'
const unlimited = { quotas: { [model]: { submitPerSecond: 1000, running: 5 } } }

describe('the list of tasks', () => {
  const start = simulators()

  it('shows ten of the newest tasks with times in epoch ms, and neither prompt nor results', async () => {
    const clock = handClock()
    const simulator = await start({ now: clock.now, ...unlimited })
    const { edit, call, until } = caller(simulator)
    const ids: unknown[] = []
    for (let k = 0; k < 12; k += 1) {
      ids.push(at(await edit(), 'output.task_id'))
      clock.pass(100)
    }
    await until(ids[0], 'SUCCEEDED')
    const first = await call('/tasks/')
    expect(first.body).toMatchObject({ total: 12, total_page: 2, page_no: 1, page_size: 10 })
    expect(at(first, 'data')).toHaveLength(10)
    expect(at(first, 'data.0.task_id')).toBe(ids[11])
    const second = await call('/tasks?page_no=2&page_size=11')
    expect(at(second, 'data')).toEqual([
      {
        api_key_id: expect.any(String),
        caller_parent_id: expect.any(String),
        caller_uid: expect.any(String),
        gmt_create: Date.parse('2026-11-22T10:00:00.000Z'),
        start_time: expect.any(Number),
        end_time: expect.any(Number),
        model_name: model,
        region: 'cn-beijing',
        request_id: expect.any(String),
        status: 'SUCCEEDED',
        task_id: ids[0],
        user_api_unique_key: `apikey:v1:aigc:image2image:image-synthesis:${model}`,
      },
    ])
  })

  it('filters by id, model, state and a window of at most 24 h in Beijing time', async () => {
    const clock = handClock()
    const simulator = await start({ now: clock.now, ...unlimited })
    const { edit, call, until } = caller(simulator)
    const early = at(await edit(), 'output.task_id')
    clock.pass(50)
    await until(early, 'SUCCEEDED')
    clock.pass(3_600_000)
    const late = at(await edit(), 'output.task_id')
    const found = async (query: string): Promise<unknown> => {
      const data = at(await call(`/tasks?${query}`), 'data')
      return Array.isArray(data) ? data.map((item) => at(item, 'task_id')) : data
    }
    expect(await found(`task_id=${String(early)}`)).toEqual([early])
    expect(await found(`model_name=${model}`)).toEqual([late, early])
    expect(await found('model_name=wan2.6-image')).toEqual([])
    expect(await found('status=PENDING')).toEqual([late])
    expect(await found('start_time=20261122180001&end_time=20261122200000')).toEqual([late])
    expect(await found('start_time=20261122175959&end_time=20261122180001')).toEqual([early])
    expect(await found('end_time=20261122180001')).toEqual([early])
    clock.pass(23 * 3_600_000 + 1)
    expect(await found('')).toEqual([late])
    for (const query of [
      'start_time=20261121000000&end_time=20261122000001',
      'start_time=2026-11-22',
      'start_time=20260231000000',
      'page_no=0',
      'page_size=-1',
    ]) {
      const reply = await call(`/tasks?${query}`)
      expect([query, reply.status, at(reply, 'code')]).toEqual([query, 400, 'InvalidParameter'])
    }
  })
})

describe('a cancel', () => {
  const start = simulators()

  it('ends a PENDING task unbilled, with and without slash and body, and answers with the request id alone', async () => {
    const simulator = await start(unlimited)
    simulator.faults.add({ at: 'task', times: 2, do: { type: 'stay-pending', ms: 60_000 } })
    const { edit, call, query } = caller(simulator)
    const ids = [at(await edit(), 'output.task_id'), at(await edit(), 'output.task_id')]
    const bare = await call(`/tasks/${String(ids[0])}/cancel`, { method: 'POST' })
    expect([bare.status, bare.body]).toEqual([200, { request_id: expect.any(String) }])
    const body = '{"model": "", "parameters": {}, "input": ""}'
    expect((await call(`/tasks/${String(ids[1])}/cancel/`, { method: 'POST', body })).status).toBe(200)
    expect(at(await query(ids[0]), 'output.task_status')).toBe('CANCELED')
    expect(simulator.bill.images).toBe(0)
  })

  it('frees the place for the next task', async () => {
    const simulator = await start({ quotas: { [model]: { running: 1 } } })
    simulator.faults.add({ at: 'task', do: { type: 'stay-pending', ms: 60_000 } })
    const { edit, call, done } = caller(simulator)
    const first = at(await edit(), 'output.task_id')
    const second = await edit()
    await call(`/tasks/${String(first)}/cancel`, { method: 'POST' })
    expect(at(await done(second), 'output.task_status')).toBe('SUCCEEDED')
  })

  it('is refused for a task that is not PENDING or not there', async () => {
    const simulator = await start({ durations: { medianMs: 60_000, sigma: 0 } })
    const { edit, call, until } = caller(simulator)
    const taskId = at(await edit(), 'output.task_id')
    await until(taskId, 'RUNNING')
    for (const id of [taskId, 'nonsense']) {
      const reply = await call(`/tasks/${String(id)}/cancel`, { method: 'POST' })
      expect([reply.status, at(reply, 'code')]).toEqual([400, 'UnsupportedOperation'])
      expect(at(reply, 'message')).toContain('please confirm if the task is in PENDING status')
    }
  })
})
