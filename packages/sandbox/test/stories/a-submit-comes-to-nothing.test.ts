import type { AnswerDeed } from '../../src/dashscope/faults.ts'
import { openStory, type Story, until } from './story.ts'

const message = 'cannot open it'

/** What the vendor answers to every POST that names one picture, and how often it may be sent. */
const answers: [what: string, deed: AnswerDeed, code: string, posts: number][] = [
  [
    'HTTP 400',
    { type: 'status', status: 400, code: 'InternalError.Algo.InvalidParameter', message },
    'InternalError.Algo.InvalidParameter',
    1,
  ],
  ['HTTP 500', { type: 'status', status: 500, code: 'InternalError', message }, 'InternalError', 3],
  [
    'HTTP 200 without a task id',
    { type: 'json', body: { code: 'InternalError.Algo', message } },
    'InternalError.Algo',
    3,
  ],
]

describe('edits whose every submit the vendor answers with a fault of its own', () => {
  let story: Story
  afterEach(() => story.stop())

  it('are sent three times at most, after their neighbours of the same prompt, and fail with the vendor’s words', async () => {
    story = await openStory({
      env: {
        RESTYLE_RECEIPT_DEADLINE_MS: '700',
        RESTYLE_POST_DEADLINE_MS: '1000',
        RESTYLE_SETTLE_MS: '200',
      },
    })
    const { dashscope } = story.world
    const pictures = await Promise.all(answers.map((_, i) => story.picture(100 * (i + 1))))
    const names = (i: number, urls: readonly string[] = []) =>
      urls.some((url) => url.includes(pictures[i]?.slice('sha256:'.length) ?? '-'))
    for (const [i, [, deed]] of answers.entries())
      dashscope.faults.add({
        at: 'submit',
        times: Infinity,
        accepted: false,
        match: ({ images }) => names(i, images),
        do: deed,
      })
    const postsOf = (i: number) => dashscope.posts.filter(({ images }) => names(i, images)).length
    const total = () => answers.map((_, i) => postsOf(i)).reduce((sum, posts) => sum + posts, 0)

    const bad: string[] = []
    for (const picture of pictures) bad.push(await story.enqueue({ images: [picture] }))
    await until(() => total() > 0)
    const good = await story.enqueueMany(6, { prompt: 'on a light oak table' })
    const ended = await story.ended(good)
    expect(ended.map(({ type }) => type)).toEqual(good.map(() => 'restyle.edit.succeeded'))
    // none waited for the end of those: they come back after 10 s, and then after 20 s more
    for (const i of answers.keys()) expect(postsOf(i)).toBeLessThan(3)

    const events = await story.ended(bad, 120_000)
    expect(events.map(({ type, data }) => ({ type, failure: data.failure }))).toEqual(
      answers.map(([, , code]) => ({ type: 'restyle.edit.failed', failure: { code, message } })),
    )
    expect(answers.map((_, i) => postsOf(i))).toEqual(answers.map(([, , , posts]) => posts))
    const linesOf = () => story.lines.filter(({ level }) => level === 'error')
    await until(() => linesOf().length >= 2)
    const errors = linesOf()
    expect(errors.map(({ msg }) => msg)).toEqual([
      expect.stringContaining('came to nothing'),
      expect.stringContaining('came to nothing'),
    ])
    expect(new Set(errors.map(({ editId }) => editId))).toEqual(new Set(bad.slice(1)))
    expect(await story.world.redis.hget('{restyle}:spend:local', 'reserved')).toBe('0')
  }, 200_000)
})
