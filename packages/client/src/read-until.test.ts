import { ApiError } from './api-error.ts'
import { readUntil } from './read-until.ts'

const away = (retryAfterMs?: number) =>
  new ApiError('unavailable', 'x', {
    call: 'GET /v1/edits/e',
    status: 503,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })

/** Looks at things that are handed out one by one; an error is a look in vain. */
function watch(things: (string | ApiError)[], signal?: AbortSignal) {
  const waits: number[] = []
  const heard: string[] = []
  const wait = async (ms: number) => {
    waits.push(Math.round(ms))
    signal?.throwIfAborted()
  }
  const read = async () => {
    const thing = things.shift() ?? 'running'
    if (thing instanceof ApiError) throw thing
    return thing
  }
  const over = readUntil({ wait }, read, (state) => state === 'ended', {
    longestMs: 5_000,
    onRead: (state) => heard.push(state),
    ...(signal === undefined ? {} : { signal }),
  })
  return { over, waits, heard }
}

describe('waiting for an end', () => {
  it('looks less and less often, and tells of each look', async () => {
    const { over, waits, heard } = watch([...Array<string>(6).fill('running'), 'ended'])
    expect(await over).toBe('ended')
    expect(waits).toEqual([1000, 1500, 2250, 3375, 5000, 5000])
    expect(heard).toHaveLength(7)
  })

  it('goes on while the producer is away, and comes back no sooner than it asks', async () => {
    const { over, waits } = watch([away(), away(7_000), 'ended'])
    expect(await over).toBe('ended')
    expect(waits).toEqual([1000, 7000])
  })

  it('ends with its deadline, with a refusal that will not pass, and where it would have to wait for long', async () => {
    const deadline = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
    await expect(watch(['running'], deadline).over).rejects.toMatchObject({ name: 'TimeoutError' })
    const gone = new ApiError('not-found', 'x', { call: 'GET /v1/edits/e', status: 404 })
    await expect(watch([gone]).over).rejects.toBe(gone)
    await expect(watch([away(60_001)]).over).rejects.toMatchObject({ retryAfterMs: 60_001 })
  })
})
