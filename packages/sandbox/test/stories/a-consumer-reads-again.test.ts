import type { RestyleEvent } from '@restyle/shared/contract/event'
import { openStory, type Story, until } from './story.ts'

type EventPage = { events: RestyleEvent[]; cursor: string }

describe('a consumer of events', () => {
  let story: Story
  let all: string[]

  beforeAll(async () => {
    story = await openStory()
    await story.ended(await story.enqueueMany(5))
    all = (await story.told()).map(({ id }) => id)
  })
  afterAll(() => story.stop())

  const page = async (cursor: string, limit = 2) => {
    const { body } = await story.call('GET', `/v1/events?cursor=${cursor}&limit=${limit}`)
    return body as EventPage
  }

  /** Follows the stream from a cursor until `count` events came. */
  async function follow(count: number, lastEventId?: string): Promise<{ cursor: string; id: string }[]> {
    const stop = new AbortController()
    const answer = await story.follow(stop.signal, lastEventId ? { 'last-event-id': lastEventId } : {})
    const decoder = new TextDecoder()
    let text = ''
    let frames: { cursor: string; id: string }[] = []
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      frames = [...text.matchAll(/^id: (\S+)\nevent: \S+\ndata: (.*)\n\n/gm)].map(
        ([, cursor = '', data = '']) => ({
          cursor,
          id: (JSON.parse(data) as RestyleEvent).id,
        }),
      )
      if (frames.length >= count) break
    }
    stop.abort()
    return frames
  }

  it('reads pages, and the same pages again from the same cursor', async () => {
    const first = await page('0')
    const second = await page(first.cursor)
    const third = await page(second.cursor)
    expect([first, second, third].flatMap(({ events }) => events.map(({ id }) => id))).toEqual(all)
    expect(await page(first.cursor)).toEqual(second)
    expect(await page(third.cursor)).toEqual({ events: [], cursor: third.cursor })
  })

  it('resumes a broken stream behind the last event it saw', async () => {
    const seen = await follow(all.length)
    expect(seen.map(({ id }) => id)).toEqual(all)
    const resumed = await follow(2, seen[2]?.cursor)
    expect(resumed).toEqual(seen.slice(3))
  })

  it('hears of an edit that ends while it follows', async () => {
    const { cursor } = await page('0', 100)
    const following = follow(1, cursor)
    const id = await story.enqueue()
    expect(await following).toMatchObject([{ id: `${id}-succeeded` }])
    all.push(`${id}-succeeded`)
  })

  it('takes over in a group what another one left unacknowledged', async () => {
    const { ledger } = story.world
    const group = ledger.events('local').group('warehouse')
    await group.create()
    await group.create()
    const taken = await group.take('first', 3)
    expect(taken.map(({ event }) => event.id)).toEqual(all.slice(0, 3))
    await group.ack(taken.slice(0, 1).map(({ cursor }) => cursor))

    const fresh = await group.take('second', 10)
    expect(fresh.map(({ event }) => event.id)).toEqual(all.slice(3))
    // each is taken over when it has been idle for 20 ms, not all in one take
    const left = new Map<string, string>()
    await until(async () => {
      for (const { event, cursor } of await group.take('second', 10, 20)) left.set(event.id, cursor)
      return left.size >= all.length - 1
    })
    expect([...left.keys()].toSorted()).toEqual(all.slice(1).toSorted())
    await group.ack([...left.values()])
    expect(await group.pending()).toBe(0)
    expect(await group.take('second', 10, 0)).toEqual([])
  })
})
