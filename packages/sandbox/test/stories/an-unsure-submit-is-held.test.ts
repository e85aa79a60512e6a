import { readAnswer } from '@restyle/shared/receipt/receipt'
import { type EditEvent, openStory, type Story, strangerSubmits, until } from './story.ts'

const env = {
  RESTYLE_RECEIPT_DEADLINE_MS: '1000',
  RESTYLE_POST_DEADLINE_MS: '2000',
  RESTYLE_SETTLE_MS: '200',
}

describe('a submit of which nobody can say which of two tasks is its own', () => {
  let story: Story
  afterEach(() => story.stop())

  async function lose(): Promise<string> {
    await strangerSubmits(story, 'on marble')
    story.world.dashscope.faults.add({ at: 'submit', do: { type: 'reset' } })
    return story.enqueue({ prompt: 'on marble' })
  }

  it('is held for a person: told, its money still reserved, its place given to others', async () => {
    story = await openStory({ env })
    const { ledger, redis, dashscope } = story.world
    const id = await lose()
    const [held] = await until(async () => {
      const events = await story.told()
      return events.length > 0 && events
    })
    expect(held).toMatchObject({
      type: 'restyle.edit.held',
      subject: id,
      id: `${id}-held-1`,
      data: { state: 'review' },
    })
    const errors = () => story.lines.filter(({ level }) => level === 'error')
    await until(() => errors().length > 0)
    expect(errors()).toMatchObject([{ editId: id }])
    expect(await redis.hget('{restyle}:spend:local', 'reserved')).toBe('200000')
    expect(await ledger.lanes.runningCount(story.lane)).toBe(0)

    const other = await story.enqueue({ prompt: 'on marble' })
    expect(await story.ended([other])).toMatchObject([{ type: 'restyle.edit.succeeded' }])
    expect((await ledger.read(id))?.state).toBe('review')
    expect(dashscope.posts).toHaveLength(3)
  })

  it('is sent again where the policy says so', async () => {
    story = await openStory({ env: { ...env, RESTYLE_ON_UNKNOWN: 'resubmit' } })
    const id = await lose()
    const [event]: EditEvent[] = await story.ended([id])
    expect(event?.type).toBe('restyle.edit.succeeded')
    // the stranger's, the lost one and its repetition
    expect(story.world.dashscope.bill.images).toBe(3)
    expect(story.text()).toContain('it may bill twice')
    // a ledger that is rewound to the uncertain submit reads here that it was settled
    expect(await readAnswer(story.world.store, id, 1)).toMatchObject({ outcome: 'none', code: 'Resubmitted' })
    // and no other edit may take one of the two for its own
    const lookedAt = story.world.dashscope.describe().map(({ taskId }) => taskId)
    expect(await story.world.ledger.ownerOf(story.lane, lookedAt)).toEqual([id, id, id])
  })
})
