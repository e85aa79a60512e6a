import { createHash } from 'node:crypto'
import { openStory, type Story, until } from '../stories/story.ts'

let story: Story
beforeAll(async () => {
  story = await openStory({ env: { RESTYLE_POST_DEADLINE_MS: '3000', RESTYLE_RECEIPT_DEADLINE_MS: '700' } })
})
afterAll(() => story.stop())

const ends = async (id: string) => (await story.ended([id], 40_000))[0]
const postsOf = (prompt: string) => story.world.dashscope.posts.filter((post) => post.prompt === prompt)

describe('an edit', () => {
  it('whose submit is answered with the task of another is held for a person, not sent again', async () => {
    const { world } = story
    const first = await story.enqueue({ prompt: 'the first' })
    await ends(first)
    const [task] = postsOf('the first')
    world.dashscope.faults.add({ at: 'submit', do: { type: 'task-id', taskId: task?.taskId ?? '' } })
    const second = await story.enqueue({ prompt: 'the second' })
    await until(async () => (await world.ledger.read(second))?.state === 'review')
    expect(await world.ledger.read(first)).toMatchObject({ state: 'succeeded', taskId: task?.taskId })
    expect((await story.told()).filter(({ subject }) => subject === second)).toMatchObject([
      { type: 'restyle.edit.held' },
    ])
    expect(postsOf('the second')).toHaveLength(1)
  }, 60_000)

  it.each(['PENDING', 'RUNNING', 'THINKING', 'UNKNOWN'])(
    'whose task is told as %s out of turn is asked about again',
    async (state) => {
      const odd = story.world.dashscope.faults.add({ at: 'query', times: 3, do: { type: 'state', state } })
      const id = await story.enqueue({ prompt: `odd ${state}` })
      expect((await ends(id))?.type).toBe('restyle.edit.succeeded')
      expect(odd.fired).toBe(3)
      expect(postsOf(`odd ${state}`)).toHaveLength(1)
    },
    60_000,
  )

  it('whose key in the bucket holds another picture is stored beside it, and a person is called', async () => {
    const { store } = story.world
    const fault = story.world.dashscope.faults.add({
      at: 'result',
      times: Infinity,
      do: { type: 'status', status: 503 },
    })
    const id = await story.enqueue({ prompt: 'no room' })
    await until(async () => (await story.world.ledger.read(id))?.state === 'rendered')
    const key = `local/${id}/${(await story.world.ledger.read(id))?.key}/0.png`
    const bytes = Buffer.from('somebody else’s')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await store.putIfAbsent(key, bytes, { contentType: 'image/png', sha256 })
    fault.lift()
    const event = await ends(id)
    expect(event?.data.images[0]?.key).toMatch(new RegExp(`^collisions/${id}/0-`))
    expect((await store.get(key))?.toString()).toBe('somebody else’s')
    expect(
      story.lines.some(
        ({ level, msg }) => level === 'error' && String(msg).startsWith('another image has this key'),
      ),
    ).toBe(true)
  }, 60_000)
})
