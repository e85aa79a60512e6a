import { openStory, type Story } from './story.ts'

const expired = { type: 'status', status: 403 } as const

describe('an image whose URL has expired', () => {
  let story: Story
  afterEach(() => story.stop())

  it('is copied all the same if the URL was only refused once', async () => {
    story = await openStory()
    const fault = story.world.dashscope.faults.add({ at: 'result', times: 2, do: expired })
    const [event] = await story.ended([await story.enqueue()])
    expect(fault.fired).toBe(2)
    expect(event?.type).toBe('restyle.edit.succeeded')
    expect(story.images()).toHaveLength(1)
  })

  it('is lost, and its producer is told what it cost', async () => {
    story = await openStory({ dashscope: { urlLifetimeMs: 400 } })
    story.world.dashscope.faults.add({ at: 'result', times: Infinity, do: expired })
    const [event] = await story.ended([await story.enqueue()])
    expect(event).toMatchObject({
      type: 'restyle.edit.failed',
      data: {
        state: 'failed',
        images: [{ index: 0, failure: { code: 'ImageExpired' } }],
        cost: { micros: 200_000 },
      },
    })
    expect(story.images()).toEqual([])
    expect(await story.world.redis.zcard('{restyle}:rendered')).toBe(0)
  })
})
