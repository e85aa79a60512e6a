import type { AnswerDeed } from '../../src/dashscope/faults.ts'
import { at, caller, handClock, notice, simulators } from './talk.ts'

const unlimited = { quotas: { 'wan2.5-i2i-preview': { submitPerSecond: 1000 } } }
const broken = { status: 0 }

describe('a fault at submit', () => {
  const start = simulators()
  const submit = async (deed: AnswerDeed, accepted?: boolean) => {
    const simulator = await start({ ...unlimited, instant: true })
    const fault = simulator.faults.add({
      at: 'submit',
      do: deed,
      ...(accepted === undefined ? {} : { accepted }),
    })
    const noticed = await notice(() =>
      fetch(`${simulator.url}/services/aigc/image2image/image-synthesis`, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          Authorization: 'Bearer sk-sandbox',
          'X-DashScope-Async': 'enable',
          'Content-Type': 'application/json',
        },
        body: JSON.stringify({
          model: 'wan2.5-i2i-preview',
          input: { prompt: 'x', images: ['https://example.com/a.png'] },
        }),
      }),
    )
    expect(fault.fired).toBe(1)
    expect(simulator.posts).toMatchObject([{ fault: deed.type }])
    // it struck once: the next submit is answered as ever
    expect((await caller(simulator).edit()).status).toBe(200)
    return { ...noticed, tasks: simulator.tasks().length - 1 }
  }

  it.each<[string, AnswerDeed, boolean | undefined, object]>([
    ['RST after the task was created', { type: 'reset' }, undefined, { ...broken, tasks: 1 }],
    ['RST before', { type: 'reset' }, false, { ...broken, tasks: 0 }],
    ['FIN after the task was created', { type: 'fin' }, undefined, { ...broken, tasks: 1 }],
    ['a late answer', { type: 'late', ms: 50 }, undefined, { status: 200, tasks: 1 }],
    ['500 without a task', { type: 'status', status: 500 }, undefined, { status: 500, tasks: 0 }],
    ['500 with a task', { type: 'status', status: 500 }, true, { status: 500, tasks: 1 }],
    [
      '400 as gateways nest it',
      { type: 'status', status: 400, code: 'model_not_found', nested: true },
      undefined,
      { status: 400, text: expect.stringContaining('"error":{"code":"model_not_found"'), tasks: 0 },
    ],
    [
      'an error as a success',
      { type: 'json', body: { code: 'InvalidParameter', message: 'no' } },
      false,
      { status: 200, text: expect.stringContaining('InvalidParameter'), tasks: 0 },
    ],
    ['502', { type: 'status', status: 502 }, undefined, { status: 502, tasks: 0 }],
    ['503', { type: 'status', status: 503 }, undefined, { status: 503, tasks: 0 }],
    ['504', { type: 'status', status: 504 }, undefined, { status: 504, tasks: 0 }],
    [
      'a cut of the declared length',
      { type: 'truncated', framing: 'length' },
      undefined,
      { ...broken, tasks: 1 },
    ],
    ['a cut of the chunks', { type: 'truncated', framing: 'chunked' }, undefined, { ...broken, tasks: 1 }],
    [
      'HTML',
      { type: 'body', body: '<html>', contentType: 'text/html' },
      undefined,
      { status: 200, text: '<html>', tasks: 1 },
    ],
    ['nothing', { type: 'body', body: '' }, undefined, { status: 200, text: '', tasks: 1 }],
    [
      'a redirect',
      { type: 'redirect', location: 'http://127.0.0.1:1/' },
      undefined,
      { status: 307, tasks: 0 },
    ],
    ['a drip', { type: 'drip', bytes: 40, everyMs: 2 }, undefined, { status: 200, tasks: 1 }],
  ])('can be %s', async (_, deed, accepted, expected) => {
    expect(await submit(deed, accepted)).toMatchObject(expected)
  })

  it('can be 429 with and without Retry-After', async () => {
    const bare = await submit({ type: 'status', status: 429, code: 'Throttling.RateQuota' })
    expect([bare.status, bare.headers.has('retry-after')]).toEqual([429, false])
    const named = await submit({ type: 'status', status: 429, code: 'Throttling', retryAfter: '7' })
    expect([named.headers.get('retry-after'), JSON.parse(named.text).code]).toEqual(['7', 'Throttling'])
  })

  it('can be an answer without a task id, with the id of another, or packed into a bomb', async () => {
    expect(JSON.parse((await submit({ type: 'no-task-id' })).text).output).toEqual({ task_status: 'PENDING' })
    expect(JSON.parse((await submit({ type: 'task-id', taskId: 'twin' })).text).output.task_id).toBe('twin')
    expect((await submit({ type: 'gzip-bomb', bytes: 1_000_000 })).bytes).toHaveLength(1_000_000)
  })

  it('can be 40 KB of headers', async () => {
    // fetch refuses them, as a careful client does
    expect(await submit({ type: 'fat-headers' })).toMatchObject({ ...broken, tasks: 1 })
    expect(await submit({ type: 'fat-headers', bytes: 4000 })).toMatchObject({ status: 200 })
  })

  it('can be arrears, or a key that is refused everywhere, until it is lifted', async () => {
    const simulator = await start(unlimited)
    const { edit, call } = caller(simulator)
    const arrears = simulator.faults.arrears()
    expect([at(await edit(), 'code'), at(await edit(), 'code')]).toEqual(['Arrearage', 'Arrearage'])
    expect((await call('/tasks')).status).toBe(200)
    arrears.lift()
    const badKey = simulator.faults.invalidKey()
    expect(at(await edit(), 'code')).toBe('InvalidApiKey')
    expect(at(await call('/tasks'), 'code')).toBe('InvalidApiKey')
    badKey.lift()
    expect((await edit()).status).toBe(200)
    expect([arrears.fired, badKey.fired]).toEqual([2, 2])
    expect(simulator.tasks()).toHaveLength(1)
  })

  it('strikes those it matches, as often as it should, and never a request that was refused anyway', async () => {
    const quotas = { 'wan2.5-i2i-preview': { submitPerSecond: 3 } }
    const simulator = await start({ now: handClock().now, quotas })
    const { edit } = caller(simulator)
    const fault = simulator.faults.add({
      at: 'submit',
      times: 2,
      match: ({ prompt }) => prompt === 'unlucky',
      do: { type: 'no-task-id' },
    })
    const replies = []
    for (const prompt of ['lucky', 'unlucky', 'unlucky', 'unlucky']) replies.push(await edit({}, { prompt }))
    expect(replies.map((reply) => [reply.status, at(reply, 'output.task_id') !== undefined])).toEqual([
      [200, true],
      [200, false],
      [200, false],
      [429, false],
    ])
    const missed = simulator.faults.add({ at: 'submit', do: { type: 'reset' } })
    expect((await edit({ n: 9 })).status).toBe(400)
    expect([fault.fired, missed.fired]).toEqual([2, 0])
    simulator.faults.clear()
  })
})

describe('a fault at query, list, cancel or upload', () => {
  const start = simulators()

  it('leaves the task alone', async () => {
    const simulator = await start()
    const { edit, query, done } = caller(simulator)
    const submitted = await edit()
    await done(submitted)
    const taskId = at(submitted, 'output.task_id')
    const statuses = []
    for (const status of [429, 500, 503]) {
      simulator.faults.add({ at: 'query', do: { type: 'status', status } })
      statuses.push((await query(taskId)).status)
    }
    expect(statuses).toEqual([429, 500, 503])
    simulator.faults.add({ at: 'query', do: { type: 'task-id', taskId: 'another' } })
    expect(at(await query(taskId), 'output.task_id')).toBe('another')
    for (const state of ['SUSPENDED', 'PENDING']) {
      simulator.faults.add({ at: 'query', do: { type: 'state', state } })
      expect(at(await query(taskId), 'output')).toEqual({ task_id: taskId, task_status: state })
    }
    simulator.faults.add({ at: 'query', do: { type: 'body', body: '{"output":' } })
    await expect(query(taskId)).rejects.toThrow(SyntaxError)
    expect(at(await query(taskId), 'output.task_status')).toBe('SUCCEEDED')
  })

  it.each<['list' | 'cancel' | 'policy' | 'upload', string, string]>([
    ['list', 'GET', '/tasks'],
    ['cancel', 'POST', '/tasks/x/cancel'],
    ['policy', 'GET', '/uploads?action=getPolicy&model=wan2.5-i2i-preview'],
    ['upload', 'POST', ''],
  ])('strikes at %s', async (point, method, path) => {
    const simulator = await start()
    const fault = simulator.faults.add({ at: point, do: { type: 'status', status: 503 } })
    const base = point === 'upload' ? simulator.origin : simulator.url
    const headers = { Authorization: 'Bearer sk-sandbox' }
    const { status } = await notice(() => fetch(`${base}${path}`, { method, headers }))
    expect([status, fault.fired]).toEqual([503, 1])
  })
})
