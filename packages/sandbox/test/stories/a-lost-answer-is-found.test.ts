import type { AnswerDeed } from '../../src/dashscope/faults.ts'
import { type EditEvent, openStory, type Story } from './story.ts'

type AtSubmit = { do: AnswerDeed; accepted?: boolean }

const badGateway = { type: 'status', status: 502 } as const

/** The vendor made a task, and we never learned of it. */
const withTask: Record<string, AtSubmit> = {
  reset: { do: { type: 'reset' } },
  'closed without an answer': { do: { type: 'fin' } },
  'cut amid the answer': { do: { type: 'truncated', framing: 'length' } },
  'answered without a task id': { do: { type: 'no-task-id' } },
  'answered with a page of HTML': { do: { type: 'body', body: '<html>', contentType: 'text/html' } },
  'answered too late': { do: { type: 'late', ms: 5_000 } },
  'answered by a proxy': { do: badGateway, accepted: true },
}

/** The vendor made none, and we could not know. */
const withoutTask: Record<string, AtSubmit> = {
  'answered with 500': { do: { type: 'status', status: 500 } },
  'reset before it was read': { do: { type: 'reset' }, accepted: false },
}

const env = {
  RESTYLE_RECEIPT_DEADLINE_MS: '1000',
  RESTYLE_POST_DEADLINE_MS: '2000',
  RESTYLE_SETTLE_MS: '1000',
}

describe('a submit without an answer', () => {
  let story: Story
  let ended: Map<string, EditEvent>
  const faults = { ...withTask, ...withoutTask }
  const lane = { name: 'default', model: 'wan2.5-i2i-preview', submitPerSecond: 50, running: 20 }

  beforeAll(async () => {
    story = await openStory({
      env: {
        RESTYLE_LANES: JSON.stringify([lane]),
        ...env,
      },
      dashscope: { quotas: { 'wan2.5-i2i-preview': { submitPerSecond: 50, running: 20 } } },
    })
    const only = (prompt: string) => (facts: { prompt?: string | undefined }) => facts.prompt === prompt
    for (const [prompt, fault] of Object.entries(faults))
      story.world.dashscope.faults.add({ at: 'submit', match: only(prompt), ...fault })
    const images = [await story.picture()]
    // others that go well at the same time must not be taken for the lost ones
    const prompts = [...Object.keys(faults), 'goes well', 'goes well, too']
    const ids = await Promise.all(prompts.map((prompt) => story.enqueue({ prompt, images })))
    ended = new Map((await story.ended(ids)).map((event) => [event.data.prompt, event]))
  })
  afterAll(() => story.stop())

  const posts = (prompt: string) => story.world.dashscope.posts.filter((post) => post.prompt === prompt)
  const tasks = (prompt: string) => story.world.dashscope.describe().filter((task) => task.prompt === prompt)

  it.each(Object.keys(withTask))('that was %s has its task found and adopted', (prompt) => {
    expect(posts(prompt)).toHaveLength(1)
    const event = ended.get(prompt)
    expect(event).toMatchObject({
      type: 'restyle.edit.succeeded',
      data: { taskId: tasks(prompt)[0]?.taskId },
    })
    expect(event?.data.images[0]?.sha256).toBe(tasks(prompt)[0]?.resultSha256[0])
  })

  it.each(Object.keys(withoutTask))(
    'that was %s is proven to have come to nothing, and is sent again',
    (prompt) => {
      expect(posts(prompt).map(({ outcome }) => outcome)).toEqual(['refused', 'accepted'])
      expect(ended.get(prompt)).toMatchObject({ type: 'restyle.edit.succeeded' })
      // not before the lease of the first had ended
      const [first, second] = posts(prompt)
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1_500)
    },
  )

  it('costs one image each, as if nothing had happened', async () => {
    const images = Object.keys(faults).length + 2
    expect(story.world.dashscope.bill.images).toBe(images)
    expect(story.images()).toHaveLength(images)
    const spend = await story.world.redis.hgetall('{restyle}:spend:local')
    expect(spend).toMatchObject({ reserved: '0', billed: String(images * 200_000), images: String(images) })
  })
})

describe('a lost task that the list shows late', () => {
  let story: Story
  beforeAll(async () => {
    story = await openStory({ env: { ...env, RESTYLE_SETTLE_MS: '4000' } })
  })
  afterAll(() => story.stop())

  it('is waited for before the submit counts as come to nothing', async () => {
    const { faults, posts } = story.world.dashscope
    faults.add({ at: 'submit', do: { type: 'reset' } })
    // after the lease of 3 s has ended, and long before the list counts as settled, 4 s later
    faults.add({ at: 'task', do: { type: 'late-in-list', ms: 3_500 } })
    const [event] = await story.ended([await story.enqueue()])
    expect(event?.type).toBe('restyle.edit.succeeded')
    expect(posts).toHaveLength(1)
  })
})

describe('a vendor whose clock is ten minutes off', () => {
  it.each([10, -10])(
    '(%i minutes ahead) has a lost task found all the same: its answers told the time',
    async (ahead) => {
      const story = await openStory({ env, dashscope: { now: () => Date.now() + ahead * 60_000 } })
      try {
        await story.ended([await story.enqueue({ prompt: 'goes well' })])
        story.world.dashscope.faults.add({ at: 'submit', do: { type: 'reset' } })
        const [event] = await story.ended([await story.enqueue({ prompt: 'lost' })])
        expect(event?.type).toBe('restyle.edit.succeeded')
        expect(story.world.dashscope.posts.filter(({ prompt }) => prompt === 'lost')).toHaveLength(1)
      } finally {
        await story.stop()
      }
    },
  )
})
