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

  it('ends with the reason of its signal, before and while it waits', async () => {
    const stop = new AbortController()
    const waiting = wait(60_000, stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(wait(60_000, stop.signal)).rejects.toThrow('enough')
  })
})
