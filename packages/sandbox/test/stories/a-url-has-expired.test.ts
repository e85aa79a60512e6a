import { readEnded } from '@restyle/shared/receipt/receipt'
import { openStory, type Story, until } from './story.ts'

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

  describe('for good', () => {
    const code = 'ImageExpired'
    let id: string
    beforeEach(async () => {
      story = await openStory({ dashscope: { urlLifetimeMs: 400 }, workers: 0 })
      story.world.dashscope.faults.add({ at: 'result', times: Infinity, do: expired })
      const worker = await story.world.startWorker()
      id = await story.enqueue()
      await story.ended([id])
      await worker.stop()
    })

    it('is lost, and its producer is told why and what it cost', async () => {
      const [event] = await story.told()
      expect(event).toMatchObject({
        type: 'restyle.edit.failed',
        data: {
          state: 'failed',
          failure: { code },
          images: [{ index: 0, failure: { code } }],
          cost: { micros: 200_000 },
        },
      })
      expect(story.images()).toEqual([])
      expect(await story.world.redis.zcard('{restyle}:rendered')).toBe(0)
    })

    it('is remembered by the bucket: a Redis that forgot the edit has it end once more, and pays for nothing', async () => {
      const { store, redis, ledger, dashscope } = story.world
      expect(await readEnded(store, id, 1)).toMatchObject({
        state: 'failed',
        failure: { code },
        billedMicros: 200_000,
      })
      const { polls } = dashscope.counters
      await redis.del(`{restyle}:edit:${id}`, '{restyle}:spend:local')
      await story.world.startWorker()
      const again = await until(async () => (await ledger.read(id))?.state === 'failed' && ledger.read(id))
      expect(again).toMatchObject({ failure: { code }, billed: 200_000 })
      expect(await redis.hget('{restyle}:spend:local', 'billed')).toBe('200000')
      expect(dashscope.counters.polls).toBe(polls)
      expect(dashscope.posts).toHaveLength(1)
    })
  })
})
