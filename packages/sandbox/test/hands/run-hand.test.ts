import { setTimeout } from 'node:timers/promises'
import type { Edit } from '@restyle/shared/contract/edit'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { openQueues, type Queues } from '@restyle/shared/queues'
import { runHand } from '@restyle/worker/hand/run-hand'
import type { Step } from '@restyle/worker/hand/step'
import type { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, openHands } from './open-hands.ts'

let server: RedisServer
let redis: Redis
let connection: ReturnType<typeof connectRedis>
let hands: Hands
let queues: Queues
let prefix: string
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = connectRedis(server.url, 'worker', () => {}) as Redis
  connection = connectRedis(server.url, 'worker', () => {})
})
beforeEach(() => {
  tests += 1
  prefix = `{hand${tests}}`
  hands = openHands(redis, prefix)
  queues = openQueues(redis, prefix, () => {})
})
afterEach(() => queues.close())
afterAll(async () => {
  await redis.quit()
  connection.disconnect()
  await server.stop()
})

/** Runs the hand that polls, whose step finds the images of a running edit, until `done` resolves. */
async function pollUntil(
  done: Promise<unknown>,
  takeStep: (edit: Edit) => Promise<Step>,
  goOn?: (edit: Edit) => Promise<Step> | undefined,
): Promise<void> {
  const { context } = hands
  const worker = runHand(
    { ...context, queues },
    { hand: 'poll', concurrency: 1, takeStep, ...(goOn === undefined ? {} : { goOn }) },
    { connection, prefix, stalling: { lockMs: 4_000, checkMs: 2_000 }, log: context.log },
  )
  const running = worker.run()
  await done
  await worker.close()
  await running
}

const rendered = (edit: Edit): Promise<Step> =>
  hands
    .moved(edit, { to: 'rendered', set: { images: [] }, expiresAt: Date.now() + 3600_000 })
    .then((after) => ({
      edit: after,
    }))

const copyJobs = () => queues.queue('copy').getJobCounts('waiting', 'prioritized')

describe('the hand that found the images of an edit', () => {
  it('copies them in the same job where a place is free', async () => {
    const edit = await hands.standing('a', 'running')
    await queues.wake(edit)
    const seen = Promise.withResolvers<unknown>()
    await pollUntil(seen.promise, rendered, async (found) => {
      // the sweep would add a second job for one that is asleep
      seen.resolve({ awake: await queues.awake([found]), jobs: await copyJobs() })
      return { edit: await hands.moved(found, { to: 'succeeded' }) }
    })
    await expect(seen.promise).resolves.toEqual({ awake: [true], jobs: { waiting: 0, prioritized: 0 } })
    expect(await copyJobs()).toEqual({ waiting: 0, prioritized: 0 })
    expect(await hands.read('a')).toMatchObject({ state: 'succeeded' })
  })

  it('leaves them to a job of their own where none is', async () => {
    const edit = await hands.standing('a', 'running')
    await queues.wake(edit)
    const asked = Promise.withResolvers<void>()
    await pollUntil(asked.promise, rendered, () => {
      asked.resolve()
      return undefined
    })
    expect(await copyJobs()).toEqual({ waiting: 0, prioritized: 1 })
    expect(await queues.awake([await hands.read('a')])).toEqual([true])
  })

  it('leaves them to a job of their own when copying broke', async () => {
    const edit = await hands.standing('a', 'running')
    await queues.wake(edit)
    let tries = 0
    const steps = (found: Edit) => {
      tries += 1
      return rendered(found)
    }
    const woken = async () => {
      while ((await copyJobs())['prioritized'] === 0) await setTimeout(20)
    }
    await pollUntil(woken(), steps, async () => {
      throw new Error('the disk is full')
    })
    expect(tries).toBe(1)
  })
})
