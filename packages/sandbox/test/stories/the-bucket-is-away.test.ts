import type { Fault } from '../../src/dashscope/faults.ts'
import { openStory, type Story, until } from './story.ts'

/** One edit at a time: the second can only be submitted when the first is rendered, and then the bucket is away. */
const lane = { name: 'default', model: 'wan2.5-i2i-preview', running: 1 }

describe('a bucket', () => {
  let story: Story
  let ids: string[]
  let held: Fault
  beforeEach(async () => {
    story = await openStory({ env: { RESTYLE_LANES: JSON.stringify([lane]) } })
    const stillRuns = { type: 'state', state: 'RUNNING' } as const
    held = story.world.dashscope.faults.add({ at: 'query', times: Infinity, do: stillRuns })
    ids = [await story.enqueue({ prompt: 'first' }), await story.enqueue({ prompt: 'second' })]
    await until(async () => (await states())[0] === 'running')
  })
  afterEach(() => story.stop())

  const states = async () => (await story.world.ledger.readMany(ids)).map((edit) => edit?.state)
  const count = (sentence: string) => story.lines.filter(({ msg }) => msg === sentence).length
  const submitted = () => story.world.dashscope.posts.map(({ prompt }) => prompt)

  it.each(['unavailable', 'reset'] as const)(
    'that is away (%s) delays the copy and stops new submits, and that is all',
    async (how) => {
      const { s3 } = story.world
      s3.faults.down(true, how)
      held.lift()
      await until(() => count('images could not be copied yet') > 0)
      await until(() => count('receipt could not be written, nothing was submitted') > 0)
      expect((await states())[0]).toBe('rendered')
      expect(submitted()).toEqual(['first'])

      s3.faults.down(false)
      const ended = await story.ended(ids)
      expect(ended.map(({ type }) => type)).toEqual(['restyle.edit.succeeded', 'restyle.edit.succeeded'])
      expect(submitted()).toEqual(['first', 'second'])
      expect(story.images().map(({ versionsWritten }) => versionsWritten)).toEqual([1, 1])
    },
  )

  it('that refuses us is paused and calls a person once; no edit fails for it', async () => {
    const { s3, ledger } = story.world
    s3.faults.add({ do: 'refuse', code: 'AccessDenied', operation: 'PutObject', times: Infinity })
    held.lift()
    expect(await until(() => ledger.lanes.pausedBy('bucket'))).toMatchObject({ code: 'AccessDenied' })
    await until(() => count('images could not be copied yet') > 1)
    await until(async () => (await states()).join() === 'rendered,queued')
    expect(submitted()).toEqual(['first'])
    expect(story.lines.filter(({ level }) => level === 'error')).toMatchObject([{ code: 'AccessDenied' }])

    s3.faults.clear()
    await ledger.lanes.resume('bucket')
    const ended = await story.ended(ids)
    expect(ended.map(({ type }) => type)).toEqual(['restyle.edit.succeeded', 'restyle.edit.succeeded'])
  })

  it('that will never take an image is paused too, and a person hears why; nothing more is submitted', async () => {
    const { s3, ledger } = story.world
    const deed = { do: 'refuse', code: 'EntityTooLarge', operation: 'PutObject', times: Infinity } as const
    s3.faults.add({ ...deed, key: /^local\// })
    held.lift()
    expect(await until(() => ledger.lanes.pausedBy('bucket'))).toMatchObject({ code: 'EntityTooLarge' })
    // the second may have been under way already
    const third = await story.enqueue({ prompt: 'third' })
    await until(() => count('images could not be copied yet') > 3)
    expect(await ledger.read(third)).toMatchObject({ state: 'queued', attempt: 0 })
    expect(submitted()).not.toContain('third')
    const [line, ...more] = story.lines.filter(({ level }) => level === 'error')
    expect(more).toEqual([])
    expect(line).toMatchObject({
      code: 'EntityTooLarge',
      said: 'Your proposed upload exceeds the maximum allowed size.',
      doing: expect.stringMatching(/^put local\//),
    })
    s3.faults.clear()
    await ledger.lanes.resume('bucket')
    const ended = await story.ended([...ids, third])
    expect(ended.map(({ type }) => type)).toEqual(Array(3).fill('restyle.edit.succeeded'))
  })
})
