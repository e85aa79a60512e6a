import { openStory, type Story, until } from './story.ts'

describe('a worker that is stopped amid its work', () => {
  let story: Story
  beforeAll(async () => {
    story = await openStory({ workers: 0 })
  })
  afterAll(() => story.stop())

  it('hands everything to another one, and nothing is submitted twice', async () => {
    const { world } = story
    const first = await world.startWorker()
    const away = { type: 'status', status: 503 } as const
    const noDownloads = world.dashscope.faults.add({ at: 'result', times: Infinity, do: away })
    // two are rendered, five keep every place of the lane, and the rest waits for one
    const rendered = () =>
      new Set(
        world.dashscope
          .tasks()
          .slice(0, 2)
          .map(({ taskId }) => taskId),
      )
    const stillRun = world.dashscope.faults.add({
      at: 'query',
      times: Infinity,
      match: ({ taskId = '' }) => !rendered().has(taskId),
      do: { type: 'state', state: 'RUNNING' },
    })
    const ids = await story.enqueueMany(9)
    const waiting = async () => ({
      queued: world.dashscope.posts.length < ids.length,
      // all have been posted: one that was only admitted would give its place back too
      running:
        (await world.ledger.lanes.runningCount(story.lane)) === 5 && world.dashscope.tasks().length === 7,
      // both: one that still runs would give its place back while the worker stops
      rendered: (await world.redis.zcard('{restyle}:rendered')) === 2,
    })
    await until(async () => Object.values(await waiting()).every(Boolean))

    await first.stop()
    expect(await waiting()).toEqual({ queued: true, running: true, rendered: true })
    const edits = await world.ledger.readMany(ids)
    const submitted = world.dashscope.posts.length
    expect(edits.filter((edit) => edit?.state === 'queued')).toHaveLength(ids.length - submitted)
    expect(edits.map((edit) => edit?.state)).not.toContain('submitting')

    noDownloads.lift()
    stillRun.lift()
    await world.startWorker()
    const ended = await story.ended(ids)
    expect(ended.map(({ type }) => type)).toEqual(ids.map(() => 'restyle.edit.succeeded'))
    expect(world.dashscope.posts).toHaveLength(ids.length)
    expect(new Set(world.dashscope.posts.map(({ prompt }) => prompt)).size).toBe(ids.length)
    expect(world.dashscope.bill.images).toBe(ids.length)
    expect(story.images()).toHaveLength(ids.length)
  })
})
