import { openStory, type Story, until } from './story.ts'

describe('a vendor that cannot be reached', () => {
  let story: Story
  afterEach(() => story.stop())

  it('is tried less and less often, and the edits wait', async () => {
    // nobody listens on the discard port of this machine
    story = await openStory({
      env: { DASHSCOPE_BASE_URL: 'http://127.0.0.1:9/api/v1', RESTYLE_SOURCE_DELIVERY: 'presign' },
    })
    const ids = await story.enqueueMany(8)
    const refused = () => story.lines.filter(({ code }) => code === 'NotSent')
    await until(() => refused().length >= 3)
    expect(
      (await story.world.ledger.readMany(ids)).every(
        (edit) => edit?.state === 'queued' || edit?.state === 'submitting',
      ),
    ).toBe(true)
    // half a second at least, then a second at least, whichever edit it is
    const [first = 0, second = 0, third = 0] = refused().map(({ time }) => Date.parse(String(time)))
    expect(second - first).toBeGreaterThan(450)
    expect(third - second).toBeGreaterThan(950)
  })
})

describe('a query that is answered with 404', () => {
  let story: Story
  afterEach(() => story.stop())

  it('pauses no lane: the others go on, and the edit is asked about again', async () => {
    story = await openStory()
    const { dashscope, ledger } = story.world
    dashscope.faults.add({
      at: 'query',
      times: 5,
      do: { type: 'status', status: 404, code: 'NotFound', message: 'no such task' },
    })
    const ended = await story.ended(await story.enqueueMany(3))
    expect(ended.map(({ type }) => type)).toEqual(Array.from({ length: 3 }, () => 'restyle.edit.succeeded'))
    expect(await ledger.lanes.pausedBy(story.lane)).toBeUndefined()
    expect(story.lines.some(({ msg }) => String(msg).startsWith('lane paused'))).toBe(false)
  })
})
