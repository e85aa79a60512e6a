import type { AnswerDeed, TaskDeed } from '../../src/dashscope/faults.ts'
import { at, caller, handClock, notice, simulators } from './talk.ts'

describe('a fault of the task', () => {
  const start = simulators()
  const run = async (deed: TaskDeed, n = 2) => {
    const simulator = await start()
    const fault = simulator.faults.add({ at: 'task', do: deed })
    const { edit, done } = caller(simulator)
    const reply = await done(await edit({ n }))
    expect(fault.fired).toBe(1)
    return { reply, billed: simulator.bill.images }
  }

  it('can fail it with a code or without, unbilled and without usage', async () => {
    const named = await run({ type: 'fail', code: 'InternalError.Timeout', message: 'too slow' })
    expect(at(named.reply, 'output')).toMatchObject({
      task_status: 'FAILED',
      code: 'InternalError.Timeout',
      message: 'too slow',
      task_metrics: { TOTAL: 2, SUCCEEDED: 0, FAILED: 2 },
    })
    expect(at(named.reply, 'usage')).toBeUndefined()
    const mute = await run({ type: 'fail' })
    expect(at(mute.reply, 'output')).toEqual({
      task_id: expect.any(String),
      task_status: 'FAILED',
      submit_time: expect.any(String),
      scheduled_time: expect.any(String),
      end_time: expect.any(String),
    })
    expect([named.billed, mute.billed]).toEqual([0, 0])
  })

  it('can fail one image of n: an entry without url, and only the others on the bill', async () => {
    const { reply, billed } = await run({ type: 'fail-some', images: 1 }, 4)
    expect(at(reply, 'output.results.3')).toEqual({
      code: 'DataInspectionFailed',
      message: expect.any(String),
    })
    expect(at(reply, 'output.task_metrics')).toEqual({ TOTAL: 4, SUCCEEDED: 3, FAILED: 1 })
    expect([at(reply, 'usage.image_count'), billed]).toEqual([3, 3])
  })

  it('can lose an image without a word, give none, or count more than it gives', async () => {
    const lost = await run({ type: 'lose-some', images: 1 })
    expect([at(lost.reply, 'output.results'), lost.billed]).toEqual([[expect.anything()], 1])
    const empty = await run({ type: 'empty-results' })
    expect([at(empty.reply, 'output.results'), at(empty.reply, 'usage'), empty.billed]).toEqual([
      [],
      undefined,
      0,
    ])
    const more = await run({ type: 'overcount', by: 1 })
    expect([at(more.reply, 'usage.image_count'), more.billed]).toEqual([3, 3])
    expect(at(more.reply, 'output.results')).toHaveLength(2)
  })

  it('can cancel it, or send its results elsewhere', async () => {
    const canceled = await run({ type: 'canceled' })
    expect([at(canceled.reply, 'output.task_status'), canceled.billed]).toEqual(['CANCELED', 0])
    const elsewhere = await run({ type: 'result-url', url: 'http://169.254.169.254/x.png' })
    expect(at(elsewhere.reply, 'output.results.0.url')).toBe('http://169.254.169.254/x.png')
  })

  it('can hold it PENDING, and keep it off the list, for a while', async () => {
    const clock = handClock()
    const simulator = await start({ now: clock.now })
    simulator.faults.add({ at: 'task', do: { type: 'stay-pending', ms: 150 } })
    simulator.faults.add({ at: 'task', do: { type: 'late-in-list', ms: 100 } })
    const { edit, call, query, until } = caller(simulator)
    const taskId = at(await edit(), 'output.task_id')
    clock.pass(99)
    expect(at(await call('/tasks'), 'total')).toBe(0)
    clock.pass(1)
    expect(at(await call('/tasks?page_size=1'), 'total')).toBe(1)
    clock.pass(49)
    expect(at(await query(taskId), 'output.task_status')).toBe('PENDING')
    clock.pass(1)
    await until(taskId, 'SUCCEEDED')
  })
})

describe('a fault at the download of a result', () => {
  const start = simulators()

  it('can be any of the ways in which a download goes wrong, and passes', async () => {
    const simulator = await start()
    const { edit, done } = caller(simulator)
    const url = String(at(await done(await edit()), 'output.results.0.url'))
    const right = await notice(() => fetch(url))
    const get = async (deed: AnswerDeed) => {
      const fault = simulator.faults.add({ at: 'result', do: deed })
      const noticed = await notice(() => fetch(url, { redirect: 'manual' }))
      expect(fault.fired).toBe(1)
      return noticed
    }
    for (const status of [403, 404, 500, 503])
      expect((await get({ type: 'status', status })).status).toBe(status)
    expect((await get({ type: 'truncated', framing: 'length' })).status).toBe(0)
    expect((await get({ type: 'truncated', framing: 'chunked' })).status).toBe(0)
    expect((await get({ type: 'body', body: '<html>', contentType: 'text/html' })).text).toBe('<html>')
    expect((await get({ type: 'body', body: new Uint8Array() })).bytes).toHaveLength(0)
    expect((await get({ type: 'drip', bytes: 4096, everyMs: 1 })).bytes.equals(right.bytes)).toBe(true)
    expect((await get({ type: 'lying-length' })).bytes).toHaveLength(Math.floor(right.bytes.length / 2))
    expect((await get({ type: 'endless', bytes: 3_000_000 })).bytes.length).toBeGreaterThanOrEqual(3_000_000)
    const away = await get({ type: 'redirect', location: 'http://100.100.100.200/latest', status: 302 })
    expect([away.status, away.headers.get('location')]).toEqual([302, 'http://100.100.100.200/latest'])
    expect((await notice(() => fetch(url))).bytes.equals(right.bytes)).toBe(true)
  })

  it('can fall silent in the middle and hold the line', async () => {
    const simulator = await start()
    const { edit, done } = caller(simulator)
    const url = String(at(await done(await edit()), 'output.results.0.url'))
    simulator.faults.add({ at: 'result', do: { type: 'truncated', framing: 'silent' } })
    const answer = await fetch(url, { signal: AbortSignal.timeout(200) })
    await expect(answer.arrayBuffer()).rejects.toThrow('timeout')
  })
})
