import type { Edit } from '@restyle/shared/contract/edit'
import type { Queues } from '@restyle/shared/queues'
import { sweepOnce } from '@restyle/worker/sweep'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, openHands } from './open-hands.ts'

let server: RedisServer
let redis: Redis
let hands: Hands
let woken: string[]
let tests = 0
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  hands = openHands(redis, `{sweep${tests}}`)
  woken = []
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const pace = { everyMs: 60_000, batchSize: 2, againMs: 60_000, auditMs: 60_000 }

/** Sweeps with queues in which all but these are asleep. */
const sweep = (...awake: string[]) => {
  const queues = {
    awake: async (edits: readonly Edit[]) => edits.map(({ id }) => awake.includes(id)),
    wake: async ({ id }: Edit) => void woken.push(id),
  } as unknown as Queues
  return sweepOnce({ ...hands.context, queues }, pace)
}

/** Edits whose next step is overdue. */
async function overdue(...ids: string[]): Promise<void> {
  for (const id of ids) await hands.queued(id)
  for (const [i, id] of ids.entries()) await redis.zadd(hands.keys.due, i, id)
}

describe('a sweep', () => {
  it('wakes all that sleep, more than it looks at together, and nobody else', async () => {
    await overdue('a', 'b', 'c', 'd', 'e')
    expect(await sweep('b', 'd')).toBe(3)
    expect(woken).toEqual(['a', 'c', 'e'])
  })

  it('passes by a record that it cannot read, tells it once, and wakes all others', async () => {
    await redis.hset(hands.keys.edit('newer'), { id: 'newer', state: 'orbiting', version: '1' })
    await overdue('a', 'b')
    await redis.zadd(hands.keys.due, -1, 'newer')
    expect(await sweep()).toBe(2)
    expect(hands.errors()).toEqual(['edit cannot be read, and is left alone'])
    await redis.del(hands.keys.turn('sweep'))
    await redis.zadd(hands.keys.due, 0, 'newer')
    await sweep()
    expect(hands.errors()).toHaveLength(1)
  })

  it('leaves what it has looked at alone for a while', async () => {
    await overdue('a')
    const before = await hands.ledger.now()
    await sweep()
    expect(Number(await redis.zscore(hands.keys.due, 'a'))).toBeGreaterThanOrEqual(before + pace.againMs)
  })

  it('is made by one of many workers', async () => {
    await overdue('a')
    await Promise.all([sweep(), sweep(), sweep()])
    expect(woken).toEqual(['a'])
  })

  it('does not come back to an edit that ended while it looked', async () => {
    await overdue('a')
    const edit = await hands.read('a')
    await hands.moved(edit, { to: 'canceled' })
    await hands.ledger.postpone(['a'], 5)
    expect(await redis.zscore(hands.keys.due, 'a')).toBeNull()
  })
})
