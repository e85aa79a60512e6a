import { openStory, type Story, until } from '../stories/story.ts'

describe('two submits of one prompt that are uncertain at a time, since Redis was rewound', () => {
  let story: Story
  afterEach(() => story.stop())

  it('are both held: neither is sent again because the other keeps its task', async () => {
    story = await openStory({
      env: {
        RESTYLE_RECEIPT_DEADLINE_MS: '1000',
        RESTYLE_POST_DEADLINE_MS: '2000',
        RESTYLE_SETTLE_MS: '200',
      },
    })
    const { ledger, redis, dashscope } = story.world
    dashscope.faults.add({ at: 'submit', do: { type: 'reset' }, times: 2 })
    const first = await story.enqueue({ prompt: 'on marble' })
    await until(async () => (await ledger.read(first))?.state === 'uncertain')
    await redis.del(`{restyle}:lane:${story.lane}:uncertain`)
    const second = await story.enqueue({ prompt: 'on marble' })

    for (const id of [first, second]) await until(async () => (await ledger.read(id))?.state === 'review')
    expect(dashscope.posts).toHaveLength(2)
  })
})
