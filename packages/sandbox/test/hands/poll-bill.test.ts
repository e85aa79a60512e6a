import type { DashScope } from '@restyle/dashscope/client'
import type { Edit } from '@restyle/shared/contract/edit'
import { defaultKeyTemplate } from '@restyle/shared/object-key'
import type { Lane } from '@restyle/worker/lane/lane'
import { openDurations } from '@restyle/worker/poll/durations'
import { defaultSchedule } from '@restyle/worker/poll/next-poll'
import { poll } from '@restyle/worker/poll/poll'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, openHands } from './open-hands.ts'

const price = 200_000

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
  hands = openHands(redis, `{bill${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const rendered: DashScope['task'] = async (taskId) => ({
  kind: 'task',
  task: {
    taskId,
    state: 'succeeded',
    rawStatus: 'SUCCEEDED',
    images: [{ index: 0, url: 'https://result.test/0.png' }],
    failures: [],
    billed: 1,
  },
})

/** A running edit is asked about on a lane with these settings. */
async function billedOn(lane: Partial<Lane>, fields: Record<string, unknown> = {}): Promise<Edit> {
  await hands.standing('e', 'running')
  const plain = { unseenSince: undefined, refusedQueries: undefined, submittedAt: Date.now() - 60_000 }
  const edit = await hands.rewrite('e', { ...plain, ...fields })
  const tools = {
    ...hands.context,
    laneOf: () => hands.lane({ task: rendered }, lane),
    schedule: defaultSchedule,
    durations: openDurations(),
    keyTemplate: defaultKeyTemplate,
    countState: () => 1,
  }
  return (await poll(edit, tools)).edit
}

describe('the bill of a task', () => {
  const alarm = 'task costs more than was reserved for it'

  it('is told to nobody where it is what was reserved, or less', async () => {
    expect(await billedOn({})).toMatchObject({ state: 'rendered', billed: price, reserved: 0 })
    expect(hands.errors()).toEqual([])
  })

  it('counts as it is where it is above what was reserved, and a person hears of it', async () => {
    expect(await billedOn({ priceMicros: 300_000 })).toMatchObject({ billed: 300_000, reserved: 0 })
    expect(hands.errors()).toEqual([alarm])
    expect(await hands.ledger.spendOf('acme')).toMatchObject({ reserved: 0, billed: 300_000 })
  })

  it('counts as much where nothing is reserved any more', async () => {
    await billedOn({}, { reserved: 0 })
    expect(hands.errors()).toEqual([alarm])
    expect((await hands.ledger.spendOf('acme'))['billed']).toBe(price)
  })

  it('is in the currency in which its edit was admitted, whatever the lane bills in by now', async () => {
    const edit = await billedOn({ currency: 'USD', priceMicros: 30_000 })
    expect(edit).toMatchObject({ billed: price })
    expect(edit.currency).toBeUndefined()
    expect(await hands.ledger.spendOf('acme')).toMatchObject({ reserved: 0, billed: price })
  })
})
