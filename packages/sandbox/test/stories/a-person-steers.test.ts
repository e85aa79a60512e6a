import { setTimeout } from 'node:timers/promises'
import type { Batch, Edit } from '@restyle/client/types'
import { restyle } from './cli.ts'
import { openStory, type Story, until } from './story.ts'

type Canceled = { outcome: string; edit: Edit }

/** Whoever is not told that something was resumed looks after five seconds (ms). */
const toldMs = 2_500

let story: Story
beforeEach(async () => {
  story = await openStory()
})
afterEach(() => story.stop())

const cancel = async (id: string): Promise<Canceled> =>
  (await story.call('POST', `/v1/edits/${id}/cancel`)).body as Canceled
const run = async (...argv: string[]): Promise<string> => {
  const { code, stdout, stderr } = await restyle(story.world, '.', ...argv)
  if (code !== 0) throw new Error(stderr)
  return stdout
}
const stateOf = async (id: string) => (await story.world.ledger.read(id))?.state
const task = (prompt: string) => story.world.dashscope.describe().find((each) => each.prompt === prompt)

describe('an edit that is canceled', () => {
  it('ends without a task while it waits for a lane', async () => {
    await run('pause', '--lane', 'default')
    const id = await story.enqueue()
    expect(await cancel(id)).toMatchObject({ outcome: 'canceled' })
    const [event] = await story.ended([id])
    expect(event).toMatchObject({ type: 'restyle.edit.canceled', data: { cost: { micros: 0 } } })
    await run('resume', '--lane', 'default')
    const [other] = await story.ended([await story.enqueue({ prompt: 'after it' })])
    expect(other?.type).toBe('restyle.edit.succeeded')
    expect(story.world.dashscope.posts).toHaveLength(1)
  })

  it('has its task canceled at the vendor while that has not begun', async () => {
    story.world.dashscope.faults.add({ at: 'task', do: { type: 'stay-pending', ms: 3_600_000 } })
    const id = await story.enqueue({ prompt: 'stays pending' })
    await until(async () => (await stateOf(id)) === 'running')
    expect(await cancel(id)).toMatchObject({ outcome: 'canceling', edit: { state: 'running' } })
    const [event] = await story.ended([id])
    expect(event).toMatchObject({ type: 'restyle.edit.canceled', data: { cost: { micros: 0 } } })
    expect(task('stays pending')?.state).toBe('CANCELED')
    expect(story.world.dashscope.bill.images).toBe(0)
  })

  it('keeps its images where its task runs: they are paid for, and the event says that it was canceled', async () => {
    story.world.dashscope.faults.add({ at: 'query', times: 3, do: { type: 'status', status: 500 } })
    const id = await story.enqueue({ prompt: 'runs' })
    await until(() => task('runs')?.state === 'RUNNING' || task('runs')?.state === 'SUCCEEDED')
    expect(await cancel(id)).toMatchObject({ outcome: 'canceling' })
    const [event] = await story.ended([id])
    expect(event).toMatchObject({
      type: 'restyle.edit.succeeded',
      data: { cancelAskedAt: expect.any(String), cost: { micros: 200_000 } },
    })
    expect(story.images()).toHaveLength(1)
  })

  it('is not submitted again when its task fails, whatever the failure is worth', async () => {
    story.world.dashscope.faults.add({ at: 'query', times: 3, do: { type: 'status', status: 500 } })
    story.world.dashscope.faults.add({
      at: 'task',
      do: { type: 'fail', code: 'InternalError', message: 'try again' },
    })
    const id = await story.enqueue({ prompt: 'fails' })
    await until(async () => (await stateOf(id)) === 'running')
    await cancel(id)
    expect((await story.ended([id]))[0]?.type).toBe('restyle.edit.canceled')
    expect(story.world.dashscope.posts).toHaveLength(1)
  })
})

describe('a pause', () => {
  it('of an edit lets others pass; resumed, it goes within a second where nothing runs', async () => {
    await run('pause', '--lane', 'default')
    const id = await story.enqueue({ prompt: 'is paused' })
    await run('pause', id)
    await run('resume', '--lane', 'default')
    const other = await story.enqueue({ prompt: 'passes' })
    await story.ended([other])
    expect(await stateOf(id)).toBe('queued')
    await until(async () => (await story.world.ledger.lanes.runningCount(story.lane)) === 0)
    const resumedAt = performance.now()
    await story.call('POST', `/v1/edits/${id}/resume`)
    await until(async () => (await stateOf(id)) !== 'queued')
    expect(performance.now() - resumedAt).toBeLessThan(toldMs)
    await story.ended([id])
  })

  it('of a producer and of a lane end within a second, and each by itself', async () => {
    await run('pause', '--producer')
    await run('pause', '--lane', 'default')
    const ids = await story.enqueueMany(3)
    await run('resume', '--lane', 'default')
    await setTimeout(300)
    expect(story.world.dashscope.posts).toHaveLength(0)
    const resumedAt = performance.now()
    await story.call('POST', '/v1/producer/resume')
    await until(() => story.world.dashscope.posts.length > 0)
    expect(performance.now() - resumedAt).toBeLessThan(toldMs)
    await story.ended(ids)
    expect(await run('lanes')).toMatch(/^default {2}\S+ {2}0 of \d+ running\n/)
  })
})

describe('a batch', () => {
  const batchOf = async (rows: number): Promise<string> => {
    const images = [await story.picture()]
    const edits = Array.from({ length: rows }, (_, i) => ({ prompt: `row ${i}`, images, size: '768*768' }))
    return ((await story.call('POST', '/v1/batches', { edits })).body as Batch).id
  }
  const posts = () => story.world.dashscope.posts.length
  const read = (id: string) => story.world.ledger.readBatch(id)
  const completed = (id: string) => until(async () => (await read(id))?.completedAt !== undefined)
  /** Nothing of it is under way any more. */
  const quiet = () => until(async () => (await story.world.ledger.lanes.runningCount(story.lane)) === 0)

  it('that is paused stays so over the end of other pauses and the start of another worker', async () => {
    const id = await batchOf(40)
    await until(() => posts() > 0)
    await run('pause', id)
    await quiet()
    const before = posts()
    expect(before).toBeLessThan(40)
    await run('pause', '--lane', 'default')
    await run('resume', '--lane', 'default')
    await run('pause', '--producer')
    await run('resume', '--producer')
    await story.world.startWorker()
    const [other] = await story.ended([await story.enqueue({ prompt: 'passes' })])
    expect(other?.type).toBe('restyle.edit.succeeded')
    expect(posts()).toBe(before + 1)
    await run('resume', id)
    await completed(id)
    expect(await read(id)).toMatchObject({ succeeded: 40 })
  })

  it('that is canceled submits nothing more, and each of its rows is told once', async () => {
    const id = await batchOf(400)
    await until(() => posts() > 0)
    await run('cancel', id)
    await completed(id)
    const { succeeded = 0, canceled = 0 } = (await read(id)) ?? {}
    expect([succeeded + canceled, posts()]).toEqual([400, succeeded])
    const told = await story.told()
    const single = told.filter(({ type }) => type.startsWith('restyle.edit.')).map(({ subject }) => subject)
    expect(new Set(single).size).toBe(single.length)
    const [range, ...more] = told.flatMap((event) =>
      event.type === 'restyle.rows.canceled' ? [event.data] : [],
    )
    expect([(range?.rows ?? 0) + single.length, more]).toEqual([400, []])
  })

  it('whose cancel was cut short is brought to its end by a worker', async () => {
    await run('pause', '--lane', 'default')
    const id = await batchOf(300)
    await until(async () => ((await read(id))?.queued ?? 0) > 0)
    const { queued = 0 } = (await read(id)) ?? {}
    expect(queued).toBeGreaterThan(0)
    // as if the producer had died after the order
    expect(await story.world.ledger.cancelBatch(id)).toMatchObject({ kind: 'done' })
    await completed(id)
    expect(await read(id)).toMatchObject({ canceled: 300 })
    expect(await story.world.ledger.unsettled()).toEqual([])
  })
})
