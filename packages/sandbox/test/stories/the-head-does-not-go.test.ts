import { openStory, type Story, until } from './story.ts'

/*
 * Three edits at the head of the backlog that come to nothing: the vendor answers every submit of one with a fault, the
 * outcome of another can never be learned, and nobody can read the source of the third.
 */

const prompts = {
  poisoned: 'a poisoned row',
  doubted: 'a row in doubt',
  unreachable: 'a row without its source',
}

describe('edits at the head that cannot go', () => {
  let story: Story
  afterEach(() => story.stop())

  async function open(): Promise<string[]> {
    const short = {
      RESTYLE_RECEIPT_DEADLINE_MS: '700',
      RESTYLE_POST_DEADLINE_MS: '1000',
      RESTYLE_SETTLE_MS: '200',
    }
    story = await openStory({ env: short })
    const { dashscope, s3 } = story.world
    const ofPrompt = (wanted: string) => (facts: { prompt?: string | undefined }) => facts.prompt === wanted
    const fault = { type: 'status', status: 500, code: 'InternalError', message: 'cannot open it' } as const
    dashscope.faults.add({ at: 'submit', times: Infinity, match: ofPrompt(prompts.poisoned), do: fault })
    // the answer is lost, and the list, where it would be found, is never answered
    dashscope.faults.add({ at: 'submit', match: ofPrompt(prompts.doubted), do: { type: 'reset' } })
    dashscope.faults.add({ at: 'list', times: Infinity, do: { ...fault, status: 503 } })
    const source = await story.picture(300)
    s3.faults.add({
      do: 'refuse',
      code: 'SlowDown',
      times: Infinity,
      operation: 'GetObject',
      key: new RegExp(source.slice('sha256:'.length)),
    })
    return [
      await story.enqueue({ prompt: prompts.poisoned }),
      await story.enqueue({ prompt: prompts.doubted }),
      await story.enqueue({ prompt: prompts.unreachable, images: [source] }),
    ]
  }

  it('take a turn of a slot each from those behind them, and no more', async () => {
    const heads = await open()
    const { dashscope, ledger } = story.world
    const postsOf = (prompt: string) => dashscope.posts.filter((post) => post.prompt === prompt).length
    await until(() => postsOf(prompts.poisoned) > 0 && postsOf(prompts.doubted) > 0)
    const neighbours = await story.enqueueMany(12)
    const ended = await story.ended(neighbours)
    expect(ended.map(({ type }) => type)).toEqual(neighbours.map(() => 'restyle.edit.succeeded'))
    expect([postsOf(prompts.poisoned), postsOf(prompts.doubted), postsOf(prompts.unreachable)]).toEqual([
      1, 1, 0,
    ])
    const states = (await ledger.readMany(heads)).map((edit) => edit?.state)
    expect(states).toEqual([expect.stringMatching(/queued|uncertain/), 'uncertain', 'queued'])
    // of the lane they keep the slots of submits whose task may run
    const inDoubt = states.filter((state) => state === 'uncertain').length
    expect(await ledger.lanes.runningCount(story.lane)).toBe(inDoubt)
  }, 60_000)
})
