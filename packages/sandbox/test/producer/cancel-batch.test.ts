import { cancelBatch } from '@restyle/producer/control/steer-batch'
import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { openHands } from '../hands/open-hands.ts'
import { asked, lane } from '../ledger/ledger-world.ts'

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

describe('a batch whose last row ends while it is canceled', () => {
  it('is said to have ended, not to be canceled', async () => {
    const { ledger, store, context } = openHands(redis, '{late}')
    const row = asked('batch_1-0', { batch: 'batch_1', row: 0 })
    await ledger.openBatch({ id: 'batch_1', producer: 'acme', name: '', bodyHash: 'h', total: 1 })
    const lots = [{ model: lane.model, class: 'standard' }]
    await ledger.appendRows({ batch: 'batch_1', first: 0, count: 1, lots })
    const before = await ledger.readBatch('batch_1')
    await ledger.accept([row])
    const edit = await ledger.read(row.id)
    const failure = { code: 'InternalError', message: 'no', action: 'failEdit' as const }
    if (edit !== undefined) await ledger.move(edit, { to: 'failed', set: { failure } })
    expect(await ledger.readBatch('batch_1')).toMatchObject({ failed: 1, completedAt: expect.any(Number) })
    const tools = { ledger, store, log: context.log, queues: { hurry: async () => {} } }
    const canceled = before && (await cancelBatch(before, tools))
    expect(canceled).toMatchObject({ outcome: 'ended', batch: { failed: 1 } })
  })
})

describe('a row that was canceled at rest', () => {
  it('does not become an edit, though somebody read it before to pause it', async () => {
    const { ledger } = openHands(redis, '{paused}')
    await ledger.openBatch({ id: 'batch_1', producer: 'acme', name: '', bodyHash: 'h', total: 1 })
    const lots = [{ model: lane.model, class: 'standard' }]
    await ledger.appendRows({ batch: 'batch_1', first: 0, count: 1, lots })
    await ledger.cancelBatch('batch_1')
    expect(await ledger.accept([asked('batch_1-0', { batch: 'batch_1', row: 0 })])).toEqual(['known'])
    expect(await ledger.readBatch('batch_1')).toMatchObject({ canceled: 1, resting: 0, queued: 0 })
  })
})
