import type { DashScope } from '@restyle/dashscope/client'
import type { Task } from '@restyle/dashscope/read-task'
import { openDurations } from '@restyle/worker/poll/durations'
import { defaultSchedule } from '@restyle/worker/poll/next-poll'
import { poll, type PollTools } from '@restyle/worker/poll/poll'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, openHands } from './open-hands.ts'

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

type Told = Awaited<ReturnType<DashScope['task']>>

const told = (more: Partial<Task>): Told => ({
  kind: 'task',
  task: { taskId: 't', state: 'running', rawStatus: 'RUNNING', images: [], failures: [], billed: 0, ...more },
})
const throttled: Told = {
  kind: 'unanswered',
  code: 'Throttling.RateQuota',
  message: 'Slow down.',
  httpStatus: 429,
  retryAfterMs: 30_000,
  action: 'retryLater',
}

/** A hand whose vendor answers each query with the next of `answers`, then with the last again. */
function polling(answers: readonly Told[], more: { perSecond?: number } = {}) {
  const asked: string[] = []
  const task: DashScope['task'] = async (taskId) => {
    asked.push(taskId)
    return answers[Math.min(asked.length, answers.length) - 1] ?? told({})
  }
  const lane = hands.lane({ task }, { queryPerSecond: more.perSecond ?? 20 })
  const tools: PollTools = {
    ...hands.context,
    laneOf: () => lane,
    schedule: defaultSchedule,
    durations: openDurations(),
    keyTemplate: '{edit}/{index}.{ext}',
    countState: () => 1,
  }
  return { asked, tools, lane }
}

/** An edit on this lane whose task was submitted so long ago. */
async function running(id: string, ageMs: number, lane = 'one') {
  const room = { running: 99, posting: 99, fingerprint: id, lane }
  const edit = await hands.admitted(await hands.queued(id), room)
  const set = { taskId: `task-${id}`, submittedAt: Date.now() - ageMs }
  return hands.moved(edit, { to: 'running', set })
}

const announce = (id: string, account: string) =>
  hands.ledger.lanes.announce({
    id,
    name: id,
    model: 'm',
    region: 'beijing',
    running: 5,
    submitPerSecond: 5,
    account,
  })

describe('a running task', () => {
  it('is asked about every second from the age on at which tasks begin to end, and less often before', async () => {
    const { tools, lane } = polling([told({})])
    for (let i = 0; i < 10; i += 1) tools.durations.remember(lane.id, 60_000 + i)
    // a fifth of its age, which is more on a busy machine
    const early = (await poll(await running('a', 20_000), tools)).inMs
    expect(early).toBeGreaterThanOrEqual(4_000)
    expect(early).toBeLessThan(5_000)
    expect((await poll(await running('b', 50_000), tools)).inMs).toBeCloseTo(1_000, -2)
  })

  it('teaches how long tasks take, by the vendor’s clock, where it made an image', async () => {
    const images = [{ url: 'https://example.com/r.png', expiresAt: Date.now() + 3600_000 }]
    const times = { submittedAt: 1_000, endedAt: 41_000 }
    const done = told({ state: 'succeeded', rawStatus: 'SUCCEEDED', images, billed: 1, ...times })
    const failed = told({ state: 'failed', rawStatus: 'FAILED', code: 'InvalidParameter', ...times })
    const { tools, lane } = polling([failed, done], { perSecond: 100_000 })
    for (let i = 0; i < 10; i += 1) await poll(await running(`e${i}`, 50_000), tools)
    expect(tools.durations.of(lane.id)).toBeUndefined()
    await poll(await running('last', 50_000), tools)
    expect(tools.durations.of(lane.id)).toEqual({ soonestMs: 40_000, usualMs: 40_000 })
  })
})

describe('an account', () => {
  it('that throttles a query is not asked about any of its tasks for as long as it says', async () => {
    const { asked, tools } = polling([throttled, told({})])
    const [first, second] = [await running('a', 60_000), await running('b', 60_000)]
    expect((await poll(first, tools)).inMs).toBe(30_000)
    const { inMs = 0 } = await poll(second, tools)
    expect(asked).toEqual(['task-a'])
    // not all of them in the moment that the quiet is over
    expect(inMs).toBeGreaterThan(40_000)
    expect(inMs).toBeLessThan(60_000)
  })

  it('with many running tasks, on lanes of other workers too, has each asked about less often', async () => {
    const { tools, lane } = polling([told({})], { perSecond: 2 })
    await announce('one', lane.account)
    await announce('two', lane.account)
    await announce('three', 'another account')
    // as a worker of another version might announce one
    await redis.hset(hands.keys.lanes, 'four', JSON.stringify({ name: 'four' }))
    for (let i = 0; i < 3; i += 1) await running(`one-${i}`, 60_000, 'one')
    for (let i = 0; i < 3; i += 1) await running(`two-${i}`, 60_000, 'two')
    for (let i = 0; i < 9; i += 1) await running(`three-${i}`, 60_000, 'three')
    const { inMs = 0 } = await poll(await running('a', 60_000), tools)
    expect(inMs).toBeCloseTo((7 * 1_000) / (2 * 0.7))
  })
})
