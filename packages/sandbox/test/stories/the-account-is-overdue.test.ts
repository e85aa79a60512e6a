import { openStory, type Story, until } from './story.ts'

describe('an account that is refused', () => {
  let story: Story
  const paused = () => story.world.ledger.lanes.pausedBy(story.lane)
  const errors = () => story.lines.filter(({ level }) => level === 'error')

  beforeEach(async () => {
    story = await openStory()
  })
  afterEach(() => story.stop())

  it('pauses its lane when it is overdue, fails no edit and calls a person once', async () => {
    const { dashscope, ledger, redis } = story.world
    const arrears = dashscope.faults.arrears()
    const ids = await story.enqueueMany(4)
    expect(await until(paused)).toMatchObject({ code: 'Arrearage' })
    const states = async () => (await ledger.readMany(ids)).map((edit) => edit?.state)
    await until(async () => !(await states()).includes('submitting'))
    expect(await states()).toEqual(['queued', 'queued', 'queued', 'queued'])
    expect(arrears.fired).toBe(1)
    await until(() => errors().length > 0)
    expect(errors()).toMatchObject([{ lane: 'default', code: 'Arrearage' }])
    // by itself the pause ends after a minute
    expect(await redis.pttl(`{restyle}:pause:${story.lane}`)).toBeGreaterThan(50_000)

    arrears.lift()
    await ledger.lanes.resume(story.lane)
    const ended = await story.ended(ids)
    expect(ended.map(({ type }) => type)).toEqual(ids.map(() => 'restyle.edit.succeeded'))
    expect(errors()).toHaveLength(1)
    expect(await redis.hget('{restyle}:spend:local', 'reserved')).toBe('0')
  })

  it('pauses its lane when its key is refused while a task runs, and loses nothing', async () => {
    const { dashscope, ledger } = story.world
    const stillRuns = { type: 'state', state: 'RUNNING' } as const
    const held = dashscope.faults.add({ at: 'query', times: Infinity, do: stillRuns })
    const id = await story.enqueue()
    await until(() => held.fired > 0)
    const refused = dashscope.faults.invalidKey()
    held.lift()
    expect(await until(paused)).toMatchObject({ code: 'InvalidApiKey' })
    await until(() => errors().length > 0)
    expect(errors()).toMatchObject([{ code: 'InvalidApiKey' }])

    refused.lift()
    await ledger.lanes.resume(story.lane)
    const [event] = await story.ended([id])
    expect(event?.type).toBe('restyle.edit.succeeded')
    expect(dashscope.posts).toHaveLength(1)
  })
})
