import { once } from 'node:events'
import { silenceOf, wait } from './silence.ts'

describe('a silence', () => {
  it('ends by itself with a reason', async () => {
    const { signal, start } = silenceOf(5)
    start()
    await once(signal, 'abort')
    expect(signal.reason).toEqual(new Error('nothing came within 5 ms'))
  })

  it('that is stopped does not end', async () => {
    const [stopped, other] = [silenceOf(5), silenceOf(20)]
    stopped.start()
    stopped.start()
    stopped.stop()
    other.start()
    await once(other.signal, 'abort')
    expect(stopped.signal.aborted).toBe(false)
  })
})

describe('a wait', () => {
  it('passes', async () => {
    await expect(wait(1, new AbortController().signal)).resolves.toBeUndefined()
  })

  it('never passes early, and takes what no timer takes', async () => {
    const took = Array.from({ length: 50 }, async () => {
      const began = performance.now()
      await wait(7, new AbortController().signal)
      return performance.now() - began
    })
    expect(Math.min(...(await Promise.all(took)))).toBeGreaterThanOrEqual(7)
    const stop = new AbortController()
    const long = wait(2 ** 31 + 1, stop.signal)
    await wait(5, new AbortController().signal)
    stop.abort(new Error('it still waits'))
    await expect(long).rejects.toThrow('it still waits')
  })

  it('ends with the reason of its signal, before and while it waits', async () => {
    const stop = new AbortController()
    const waiting = wait(60_000, stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(wait(60_000, stop.signal)).rejects.toThrow('enough')
  })
})
