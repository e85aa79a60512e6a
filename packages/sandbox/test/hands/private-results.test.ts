import { openPrivateResults } from '@restyle/worker/copy/private-results'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type Hands, laneId, openHands, world } from './open-hands.ts'

let server: RedisServer
let redis: Redis
let hands: Hands
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
  hands = openHands(redis, '{private}')
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('a lane whose result addresses are private', () => {
  it('goes on when an image comes, unless it is paused for something else', async () => {
    await hands.standing('e', 'rendered')
    const edit = await hands.rewrite('e', { world })
    const results = openPrivateResults()
    const refuse = async () => {
      for (const id of ['one', 'two', 'three'])
        await results.refused({ ...edit, id }, 'not public', undefined, hands.context)
    }
    const paused = async () => (await hands.ledger.lanes.pausedBy(laneId))?.code
    await refuse()
    expect(await paused()).toBe('PrivateAddress')
    await results.came(edit, hands.context)
    expect(await paused()).toBeUndefined()

    await refuse()
    await hands.ledger.lanes.keepPaused(laneId, { code: 'Arrearage', message: 'pay', since: 1 }, 60_000)
    await results.came(edit, hands.context)
    expect(await paused()).toBe('Arrearage')
  })
})
