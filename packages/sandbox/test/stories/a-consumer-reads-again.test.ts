import type { RestyleEvent } from '@restyle/shared/contract/event'
import { openStory, type Story } from './story.ts'

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
})
