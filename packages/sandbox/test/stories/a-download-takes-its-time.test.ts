import { openStory, type Story, until } from './story.ts'

describe('an image that takes its time', () => {
  let story: Story
  afterEach(() => story.stop())

  it('keeps nobody from asking about other tasks', async () => {
    story = await openStory({ env: { RESTYLE_POLL_CONCURRENCY: '1', RESTYLE_COPY_CONCURRENCY: '1' } })
    const { dashscope, ledger } = story.world
    dashscope.faults.add({ at: 'result', do: { type: 'late', ms: 10_000 } })
    const slow = await story.enqueue()
    await until(async () => (await ledger.read(slow))?.state === 'rendered')
    const other = await story.enqueue({ prompt: 'on another table' })
    await until(async () => (await ledger.read(other))?.state === 'rendered', 9_000)
    expect(await ledger.read(slow)).toMatchObject({ state: 'rendered' })
    await story.ended([slow, other])
  }, 60_000)
})
