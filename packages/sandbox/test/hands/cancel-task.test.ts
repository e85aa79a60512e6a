import type { DashScope } from '@restyle/dashscope/client'
import type { Task } from '@restyle/dashscope/read-task'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import { readEnded } from '@restyle/shared/receipt/receipt'
import { openDurations } from '@restyle/worker/poll/durations'
import { defaultSchedule } from '@restyle/worker/poll/next-poll'
import { poll } from '@restyle/worker/poll/poll'
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
  hands = openHands(redis, `{cancel${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const task = (more: Partial<Task>): DashScope['task'] => {
  const plain = { rawStatus: '', images: [], failures: [], billed: undefined } as const
  return async (taskId) => ({
    kind: 'task',
    task: { taskId, state: 'pending', ...plain, images: [], failures: [], ...more },
  })
}

/** Polls a young running edit once, and tells what was canceled at the vendor. */
async function pollOnce(
  client: Partial<DashScope>,
  { asked = true } = {},
): Promise<{ canceled: string[]; inMs: number | undefined; state: string }> {
  const plain = { unseenSince: undefined, refusedQueries: undefined, submittedAt: Date.now() }
  await hands.standing('e', 'running')
  const before = await hands.rewrite('e', plain)
  if (asked) await hands.ledger.cancelEdit('e')
  const canceled: string[] = []
  const cancel: DashScope['cancel'] = async (taskId) => {
    canceled.push(taskId)
    return { kind: 'canceled' }
  }
  const { edit, inMs } = await poll(asked ? await hands.read('e') : before, {
    ...hands.context,
    laneOf: () => hands.lane({ cancel, ...client }),
    schedule: defaultSchedule,
    durations: openDurations(),
    keyTemplate: defaultKeyTemplate,
    countState: () => 1,
  })
  return { canceled, inMs, state: edit.state }
}

describe('the task of a canceled edit', () => {
  it('is canceled at once while it has not begun, and the edit ends when the vendor says so', async () => {
    const first = await pollOnce({ task: task({ state: 'pending' }) })
    expect(first).toMatchObject({ canceled: ['task-e'], inMs: 1_000, state: 'running' })
  })

  it('ends its edit where the vendor says that it is canceled', async () => {
    expect(await pollOnce({ task: task({ state: 'canceled' }) })).toMatchObject({ state: 'canceled' })
  })

  it('goes on where it runs', async () => {
    const polled = await pollOnce({ task: task({ state: 'running' }) })
    expect(polled).toMatchObject({ canceled: [], state: 'running' })
  })

  it('goes on where the vendor refuses to cancel it', async () => {
    const cancel: DashScope['cancel'] = async () => ({
      kind: 'refused',
      code: 'UnsupportedOperation',
      message: 'please confirm if the task is in PENDING status',
    })
    expect(await pollOnce({ task: task({ state: 'pending' }), cancel })).toMatchObject({ state: 'running' })
    expect(hands.lines).toContainEqual(expect.objectContaining({ msg: 'task could not be canceled' }))
    expect(hands.errors()).toEqual([])
  })

  it('gets no other after it where it failed, and what was billed is noted', async () => {
    const failed = task({
      state: 'succeeded',
      billed: 1,
      failures: [{ code: 'InternalError', message: 'x' }],
    })
    expect(await pollOnce({ task: failed })).toMatchObject({ state: 'canceled' })
    expect(await hands.read('e')).toMatchObject({ billed: 200_000 })
    expect(await readEnded(hands.store, 'e', 1)).toEqual({ state: 'canceled', billedMicros: 200_000 })
    expect(await hands.ledger.waiting('wan2.5-i2i-preview')).toBe(0)
  })
})

it('a task is not asked about before its time, nor canceled, where nobody canceled its edit', async () => {
  const polled = await pollOnce({}, { asked: false })
  expect(polled).toMatchObject({ canceled: [], state: 'running' })
  expect(polled.inMs).toBeGreaterThan(1_000)
})
