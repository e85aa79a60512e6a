import { openStory, type Story } from './story.ts'

describe('an Idempotency-Key that is sent again', () => {
  let story: Story
  let images: string[]
  const send = (prompt: string, key: string) => {
    const body = { prompt, size: '768*768', images }
    return story.call('POST', '/v1/edits', body, { 'idempotency-key': key })
  }
  const idOf = ({ body }: { body: unknown }) => (body as { id: string }).id
  const tasks = (prompt: string) =>
    story.world.dashscope.posts.filter((post) => post.prompt === prompt).length

  beforeAll(async () => {
    story = await openStory()
    images = [await story.picture()]
  })
  afterAll(() => story.stop())

  it('means the same edit, during it and after it', async () => {
    const first = await send('once', 'a')
    const second = await send('once', 'a')
    expect([first.status, second.status]).toEqual([202, 200])
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    await story.ended([idOf(first)])
    const third = await send('once', 'a')
    expect(third).toMatchObject({ status: 200, body: { id: idOf(first), state: 'succeeded' } })
    expect(tasks('once')).toBe(1)
  })

  it('is refused with another body', async () => {
    const first = await send('this', 'b')
    const other = await send('that', 'b')
    expect(other).toMatchObject({ status: 422, body: { type: '/problems#idempotency-conflict' } })
    await story.ended([idOf(first)])
    expect([tasks('this'), tasks('that')]).toEqual([1, 0])
  })

  it('makes one edit of fifty at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => send('fifty', 'c')))
    const made = answers.filter(({ status }) => status < 300)
    // while it is being made the others are told to come back
    expect(answers.filter(({ status }) => status !== 409)).toEqual(made)
    expect(made.filter(({ status }) => status === 202)).toHaveLength(1)
    const ids = new Set([...made, await send('fifty', 'c')].map(idOf))
    expect(ids.size).toBe(1)
    await story.ended([...ids])
    expect(tasks('fifty')).toBe(1)
  })
})
