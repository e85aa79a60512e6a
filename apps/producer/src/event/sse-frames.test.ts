import type { Gap } from '@restyle/shared/event/event-stream'
import { createLog } from '@restyle/shared/log'
import { sparingLog } from '../http/sparing-log.ts'
import { sseFrames } from './sse-frames.ts'

const event = {
  specversion: '1.0' as const,
  id: 'edit_1-failed',
  source: '/restyle/producers/p',
  subject: 'edit_1',
  time: '2026-03-02T21:00:00.000Z',
  datacontenttype: 'application/json' as const,
  type: 'restyle.edit.failed' as const,
  data: {
    id: 'edit_1',
    key: '1',
    state: 'failed' as const,
    model: 'wan2.5-i2i-preview',
    prompt: 'two\nlines',
    request: { images: ['https://cdn.example.com/a.jpg'], n: 1 },
    images: [],
    cost: { currency: 'CNY', micros: 0 },
    createdAt: '2026-03-02T21:00:00.000Z',
    updatedAt: '2026-03-02T21:00:00.000Z',
  },
}

/** Frames over pages that are handed out one by one; a page that is an error is a Redis that is away. */
function follow(
  pages: ({ cursor: string; event: typeof event }[] | Error)[],
  waitMs = 0,
  heartbeatMs = 60_000,
  gap?: Gap,
) {
  const asked: string[] = []
  const limits: number[] = []
  const warned: string[] = []
  const signal = new AbortController()
  const frames = sseFrames({
    stream: {
      read: async (cursor, limit) => {
        asked.push(cursor)
        limits.push(limit)
        const page = pages.shift() ?? []
        if (page instanceof Error) throw page
        return {
          delivered: page,
          unreadable: [],
          cursor: page.at(-1)?.cursor ?? cursor,
          ...(gap === undefined ? {} : { gap }),
        }
      },
    },
    followers: {
      stopping: new AbortController().signal,
      wait: () => new Promise((resolve) => setTimeout(resolve, waitMs)),
    },
    producer: 'p',
    cursor: '0',
    signal: signal.signal,
    warn: sparingLog(createLog('warn', { write: (line) => void warned.push(line) })),
    tellUnreadable: () => {},
    heartbeatMs,
  })
  const next = async () => (await frames.next()).value
  return { asked, limits, next, signal, warned }
}

describe('sseFrames', () => {
  it('begins with a block that holds the place alone', async () => {
    expect(await follow([]).next()).toBe('retry: 2000\nid: 0\n\n')
  })

  it('puts an event on one line of data, with the cursor as its id', async () => {
    const { next } = follow([[{ cursor: '5-0', event }]])
    await next()
    expect(await next()).toBe(`id: 5-0\nevent: restyle.edit.failed\ndata: ${JSON.stringify(event)}\n\n`)
  })

  it('tells what is no longer kept, and the place after it', async () => {
    const { next } = follow([[{ cursor: '5-0', event }]], 0, 60_000, { after: '1-0', upTo: '4-7' })
    await next()
    expect(await next()).toBe('id: 4-7\nevent: gap\ndata: {"after":"1-0","upTo":"4-7"}\n\n')
    expect(await next()).toContain('id: 5-0\n')
  })

  it('holds no more of large events than it may, and reads the others again', async () => {
    const large = { ...event, data: { ...event.data, prompt: 'x'.repeat(100_000) } }
    const page = (from: number) =>
      Array.from({ length: 5 }, (_, i) => ({ cursor: `${from + i}-0`, event: large }))
    const { next, asked, limits } = follow([page(1), page(3), page(5)])
    await next()
    for (const cursor of [1, 2, 3, 4, 5, 6]) expect(await next()).toContain(`id: ${cursor}-0\n`)
    expect(asked).toEqual(['0', '2-0', '4-0'])
    expect(limits).toEqual([20, 2, 2])
  })

  it('beats when nothing came for a while', async () => {
    const { next } = follow([], 25, 20)
    await next()
    expect(await next()).toBe(': heartbeat\n\n')
  })

  it('goes on where it was when Redis comes back', async () => {
    const away = new Error('Connection is closed.')
    const { next, asked, warned } = follow([[{ cursor: '5-0', event }], away, [{ cursor: '6-0', event }]])
    await next()
    await next()
    expect(await next()).toContain('id: 6-0\n')
    expect(asked).toEqual(['0', '5-0', '5-0'])
    // each of five hundred streams would say what the connection has said
    expect(warned).toEqual([])
  })

  it('breaks off on what is not a Redis that is away', async () => {
    const { next } = follow([new Error('a bug')])
    await next()
    await expect(next()).rejects.toThrow('a bug')
  })

  it('ends when the reader left', async () => {
    const { next, signal } = follow([])
    await next()
    signal.abort()
    expect(await next()).toBeUndefined()
  })
})
