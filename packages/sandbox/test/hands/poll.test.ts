import type { DashScope } from '@restyle/dashscope/client'
import type { Task } from '@restyle/dashscope/read-task'
import type { Edit } from '@restyle/shared/contract/edit'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import type { Store } from '@restyle/shared/store/store'
import { openDurations } from '@restyle/worker/poll/durations'
import { defaultSchedule } from '@restyle/worker/poll/next-poll'
import { poll, type PollTools } from '@restyle/worker/poll/poll'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { changeTo } from '../ledger/ledger-world.ts'
import { type Hands, openHands } from './open-hands.ts'

const minute = 60_000
const hour = 60 * minute

let server: RedisServer
let redis: Redis
let hands: Hands
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{poll${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

/** A running edit whose task was made so long ago. */
async function running(agoMs: number, fields: Record<string, unknown> = {}): Promise<Edit> {
  await hands.standing('e', 'running')
  const plain = { unseenSince: undefined, refusedQueries: undefined }
  return hands.rewrite('e', { ...plain, submittedAt: Date.now() - agoMs, ...fields })
}
const task = (more: Partial<Task>): DashScope['task'] => {
  const plain: Omit<Task, 'taskId'> = {
    state: 'running',
    rawStatus: 'RUNNING',
    images: [],
    failures: [],
    billed: undefined,
  }
  return async (taskId) => ({ kind: 'task', task: { taskId, ...plain, ...more } })
}
const ask = async (edit: Edit, client: Partial<DashScope> | undefined, more: Partial<PollTools> = {}) => {
  const tools: PollTools = {
    ...hands.context,
    laneOf: () => (client === undefined ? undefined : hands.lane(client)),
    schedule: defaultSchedule,
    durations: openDurations(),
    keyTemplate: defaultKeyTemplate,
    countState: () => 1,
    ...more,
  }
  return (await poll(edit, tools)).edit
}

describe('a task that is asked about', () => {
  it('is asked again where it is paid and shows no image, and is a person’s after ten minutes', async () => {
    const paid = { task: task({ state: 'succeeded', rawStatus: 'SUCCEEDED', billed: 1, shape: 'output.x' }) }
    const first = await ask(await running(minute), paid)
    expect(first).toMatchObject({ state: 'running', unseenSince: expect.any(Number) })
    const later = await hands.rewrite('e', { unseenSince: Date.now() - 11 * minute })
    expect(await ask(later, paid)).toMatchObject({ state: 'review', candidates: ['task-e'] })
    expect(hands.errors()).toEqual(['task is paid and shows no image: a person decides'])
  })

  it('ends its edit in the vendor’s words where each query is refused for its input', async () => {
    const refused: Partial<DashScope> = {
      task: async () => ({
        kind: 'unanswered',
        code: 'InvalidParameter',
        message: 'no such picture',
        action: 'refused',
        refusedForGood: true,
      }),
    }
    const first = await ask(await running(minute), refused)
    expect(first).toMatchObject({ state: 'running', refusedQueries: { code: 'InvalidParameter', count: 1 } })
    const before = { code: 'InvalidParameter', count: 4, since: Date.now() - 2 * minute }
    expect(await ask(await hands.rewrite('e', { refusedQueries: before }), refused)).toMatchObject({
      state: 'failed',
      failure: { code: 'InvalidParameter', message: 'no such picture' },
    })
  })

  it('has its refusals counted anew after an answer', async () => {
    const before = { code: 'InvalidParameter', count: 4, since: Date.now() - 2 * minute }
    const after = await ask(await running(minute, { refusedQueries: before }), { task: task({}) })
    expect(after.state).toBe('running')
    expect((await hands.read('e')).refusedQueries).toBeUndefined()
  })

  it('calls a person when it is over an hour old, once', async () => {
    await ask(await running(59 * minute), { task: task({}) })
    expect(hands.errors()).toEqual([])
    const old = await hands.rewrite('e', { submittedAt: Date.now() - 61 * minute })
    for (let i = 0; i < 2; i += 1) await ask(old, { task: task({}) })
    expect(hands.errors()).toEqual(['task is over an hour old'])
  })

  it('is waited for on a lane that nobody has, for a day and no longer', async () => {
    expect((await ask(await running(24 * hour), undefined)).state).toBe('running')
    const old = await hands.rewrite('e', { submittedAt: Date.now() - 26 * hour })
    expect(await ask(old, undefined)).toMatchObject({ state: 'failed', failure: { code: 'TaskExpired' } })
    expect(await hands.ledger.lanes.runningCount('one')).toBe(0)
    expect(hands.errors()).toEqual([
      'task is on a lane that this worker does not have',
      'task was given up: what it made is lost',
    ])
  })

  it('is not given up where the bucket has its image, nor while it cannot be asked', async () => {
    const metadata = { edit: 'e', width: '2', height: '3', 'cost-micros': '200000' }
    const has: Store = {
      ...hands.store,
      head: async () => ({ bytes: 1, sha256: 's', contentType: 'image/png', metadata }),
    }
    const forgotten = { task: task({ state: 'unknown', rawStatus: 'UNKNOWN' }) }
    const edit = await running(26 * hour)
    hands.bucket.weather = 'away'
    expect((await ask(edit, forgotten)).state).toBe('running')
    expect(await ask(edit, forgotten, { store: has })).toMatchObject({
      state: 'rendered',
      images: [{ index: 0, stored: { sha256: 's', width: 2 } }],
      billed: 200_000,
    })
    expect(hands.errors()).toEqual(['task is over an hour old'])
  })
})

it('a task that fails for the account is made again after its pause, and not for ever', async () => {
  const message = 'Access denied.'
  const vendor = { task: task({ state: 'failed', code: 'AccessDenied', message }) }
  const again = await ask(await running(minute), vendor)
  expect(again).toMatchObject({ state: 'queued', pausedTasks: 1, tries: 0 })
  // kept while another task runs
  await hands.ledger.lanes.resume('one')
  await redis.zadd(hands.keys.later(again.request.model), 0, 'e')
  const resubmitted = await hands.moved(await hands.admitted(again), changeTo('running', 'again'))
  expect(resubmitted.pausedTasks).toBe(1)
  const last = await ask(await hands.rewrite('e', { pausedTasks: 59 }), vendor)
  expect(last).toMatchObject({ state: 'failed', failure: { code: 'AccessDenied', message } })
})
