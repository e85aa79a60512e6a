import { setTimeout } from 'node:timers/promises'
import { at, caller, simulators } from './talk.ts'

describe('a result', () => {
  const start = simulators()

  it('is given from any byte on, and whole where the rest is asked for in another way', async () => {
    const simulator = await start()
    const { edit, done } = caller(simulator)
    const url = String(at(await done(await edit()), 'output.results.0.url'))
    const get = async (range?: string) => {
      const answer = await fetch(url, range === undefined ? {} : { headers: { range } })
      const bytes = Buffer.from(await answer.arrayBuffer())
      return {
        status: answer.status,
        bytes,
        range: answer.headers.get('content-range'),
        etag: answer.headers.get('etag'),
      }
    }
    const whole = await get()
    const rest = await get('bytes=100-')
    expect(rest).toEqual({
      status: 206,
      bytes: whole.bytes.subarray(100),
      range: `bytes 100-${whole.bytes.length - 1}/${whole.bytes.length}`,
      etag: whole.etag,
    })
    for (const range of [`bytes=${whole.bytes.length}-`, 'bytes=1-5', 'lines=1-'])
      expect(await get(range)).toMatchObject({ status: 200, bytes: whole.bytes })
  })
})

describe('the results of a task', () => {
  const start = simulators()

  it('can be billed and show later', async () => {
    const simulator = await start()
    simulator.faults.add({ at: 'task', do: { type: 'late-images', ms: 300 } })
    const { edit, done, query } = caller(simulator)
    const submitted = await edit()
    const reply = await done(submitted)
    const { task_status, results, task_metrics } = Object(at(reply, 'output'))
    expect([task_status, results]).toEqual(['SUCCEEDED', undefined])
    expect([task_metrics.SUCCEEDED, at(reply, 'usage.image_count')]).toEqual([
      simulator.bill.images,
      simulator.bill.images,
    ])
    const url = async () => at(await query(at(submitted, 'output.task_id')), 'output.results.0.url')
    while ((await url()) === undefined) await setTimeout(20)
    expect(await url()).toMatch(/^http/)
  })

  it('can echo another prompt', async () => {
    const simulator = await start()
    simulator.faults.add({ at: 'task', do: { type: 'echo', prompt: 'as it came back' } })
    const { edit, done } = caller(simulator)
    expect(at(await done(await edit()), 'output.results.0.orig_prompt')).toBe('as it came back')
  })
})
