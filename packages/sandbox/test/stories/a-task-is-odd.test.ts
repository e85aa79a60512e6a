import { defaultPrefix, ledgerKeys } from '@restyle/shared/ledger/keys'
import { openStory, type Story, until } from './story.ts'

const keys = ledgerKeys(defaultPrefix)
const hourMs = 3600_000

describe('a task', () => {
  let story: Story
  beforeEach(async () => {
    story = await openStory({ workers: 0 })
  })
  afterEach(() => story.stop())

  const edit = (id: string) => story.world.ledger.read(id)
  const errors = (sentence: string) =>
    story.lines.filter(({ level, msg }) => level === 'error' && msg === sentence)
  /** The log speaks after the ledger has changed: waits for a line, and looks that there is no second one. */
  const toldOnce = async (sentence: string) => {
    await until(() => errors(sentence).length > 0)
    expect(errors(sentence)).toHaveLength(1)
  }

  /** Submits an edit whose task runs on and on. */
  const running = async () => {
    const { dashscope } = story.world
    const fault = dashscope.faults.add({
      at: 'query',
      times: Infinity,
      do: { type: 'state', state: 'RUNNING' },
    })
    const worker = await story.world.startWorker()
    const id = await story.enqueue()
    await until(() => fault.fired > 0)
    return { id, fault, worker }
  }
  const age = (id: string, ms: number) =>
    story.world.redis.hset(keys.edit(id), 'submittedAt', Date.now() - ms)

  it('that is paid and shows its image late is not made a second time', async () => {
    const { dashscope } = story.world
    dashscope.faults.add({ at: 'task', do: { type: 'late-images', ms: 300 } })
    await story.world.startWorker()
    const id = await story.enqueue()
    const noted = await until(async () => {
      const seen = await edit(id)
      return seen?.unseenSince !== undefined && seen
    })
    expect(noted.state).toBe('running')
    // its next look is 20 s away
    await story.world.redis.del(`{restyle}:poll:${id}`)
    await story.world.redis.zadd(keys.due, 0, id)
    const [event] = await story.ended([id])
    expect(event).toMatchObject({ type: 'restyle.edit.succeeded' })
    expect(dashscope.posts).toHaveLength(1)
    expect(await edit(id)).not.toHaveProperty('unseenSince')
  })

  it('that is paid and never shows its image is held, and a person is told what the answer holds', async () => {
    const { dashscope, ledger, redis } = story.world
    dashscope.faults.add({ at: 'task', do: { type: 'late-images', ms: hourMs } })
    await story.world.startWorker()
    const id = await story.enqueue()
    await until(async () => (await edit(id))?.unseenSince !== undefined)
    await redis.hset(keys.edit(id), 'unseenSince', Date.now() - hourMs)
    await redis.del(`{restyle}:poll:${id}`)
    await redis.zadd(keys.due, 0, id)
    const held = await until(async () => {
      const seen = await edit(id)
      return seen?.state === 'review' && seen
    })
    expect(held.candidates).toEqual([held.taskId])
    expect(held.uncertainBecause).toContain('output.task_status')
    await toldOnce('task is paid and shows no image: a person decides')
    expect(await ledger.lanes.runningCount(story.lane)).toBe(0)
    expect(dashscope.posts).toHaveLength(1)
  })

  it('whose every query is refused for its input ends its edit in the vendor’s words', async () => {
    const { id, fault } = await running()
    const refused = {
      type: 'status',
      status: 400,
      code: 'InvalidParameter',
      message: 'no such picture',
    } as const
    fault.lift()
    story.world.dashscope.faults.add({ at: 'query', times: Infinity, do: refused })
    const counted = await until(async () => (await edit(id))?.refusedQueries)
    expect(counted).toMatchObject({ code: 'InvalidParameter' })
    // a minute later
    await until(async () => {
      const seen = await edit(id)
      if (seen?.refusedQueries === undefined || seen.state !== 'running') return seen?.state === 'failed'
      const { count } = seen.refusedQueries
      const earlier = { ...seen.refusedQueries, count, since: Date.now() - 120_000 }
      await story.world.redis.hset(keys.edit(id), 'refusedQueries', JSON.stringify(earlier))
      return false
    })
    expect((await edit(id))?.failure).toEqual({ code: 'InvalidParameter', message: 'no such picture' })
  })

  it('that is over an hour old calls a person, once', async () => {
    const { id, fault } = await running()
    await age(id, 2 * hourMs)
    await until(() => errors('task is over an hour old').length > 0)
    const fired = fault.fired
    await until(() => fault.fired > fired + 2)
    expect(errors('task is over an hour old')).toMatchObject([
      { editId: id, lane: 'default', says: 'RUNNING' },
    ])
  })

  it('whose lane was taken out ends its edit after a day, with an alarm before and one at its end', async () => {
    const { id, worker } = await running()
    await worker.stop()
    const other = JSON.stringify([{ name: 'other', model: 'wan2.7-image', account: 'other' }])
    const without = await story.world.startWorker({ env: { RESTYLE_LANES: other } })
    await until(() => errors('task is on a lane that this worker does not have').length > 0)
    expect((await edit(id))?.state).toBe('running')
    await without.stop()
    await age(id, 26 * hourMs)
    await story.world.redis.del(`{restyle}:poll:${id}`)
    await story.world.redis.zadd(keys.due, 0, id)
    await story.world.startWorker({ env: { RESTYLE_LANES: other } })
    const [event] = await story.ended([id])
    expect(event?.data.failure).toMatchObject({ code: 'TaskExpired' })
    expect(await story.world.ledger.lanes.runningCount(story.lane)).toBe(0)
    await toldOnce('task was given up: what it made is lost')
  })
})
