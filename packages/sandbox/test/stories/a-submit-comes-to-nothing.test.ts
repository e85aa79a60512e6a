import { openStory, type Story, until } from './story.ts'

describe('an edit whose every submit the vendor answers with a fault of its own', () => {
  let story: Story
  afterEach(() => story.stop())

  it('is sent three times, after its neighbours of the same prompt, and fails with the vendor’s words', async () => {
    story = await openStory({
      env: {
        RESTYLE_RECEIPT_DEADLINE_MS: '700',
        RESTYLE_POST_DEADLINE_MS: '1000',
        RESTYLE_SETTLE_MS: '200',
      },
    })
    const { dashscope } = story.world
    const poisoned = ({ n }: { n?: number | undefined }) => n === 2
    const status = { type: 'status', status: 500, code: 'InternalError', message: 'cannot open it' } as const
    dashscope.faults.add({ at: 'submit', times: Infinity, match: poisoned, do: status })
    const bad = await story.enqueue({ n: 2 })
    await until(() => dashscope.posts.some(({ n }) => n === 2))
    const good = await story.enqueueMany(6, { prompt: 'on a light oak table' })
    const ended = await story.ended(good)
    expect(ended.map(({ type }) => type)).toEqual(good.map(() => 'restyle.edit.succeeded'))
    const ofBad = () => dashscope.posts.filter(({ n }) => n === 2)
    expect(ofBad()).toHaveLength(1)

    const [event] = await story.ended([bad], 90_000)
    expect(event).toMatchObject({
      type: 'restyle.edit.failed',
      data: { failure: { code: 'InternalError', message: 'cannot open it' } },
    })
    expect(ofBad()).toHaveLength(3)
    const errors = story.lines.filter(({ level }) => level === 'error')
    expect(errors).toMatchObject([{ editId: bad, msg: expect.stringContaining('came to nothing') }])
    expect(await story.world.redis.hget('{restyle}:spend:local', 'reserved')).toBe('0')
  }, 150_000)
})
