import { Redis } from 'ioredis'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type LedgerWorld, openLedgerWorld } from './ledger-world.ts'

let server: RedisServer
let redis: Redis
let tests = 0
let world: LedgerWorld

beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = new Redis(server.url)
})
beforeEach(() => {
  tests += 1
  world = openLedgerWorld(redis, `{finish${tests}}`)
})
afterAll(async () => {
  await redis.quit()
  await server.stop()
})

const finishBy = Date.parse('2026-03-03T05:00:00Z')
const end = { from: finishBy + 1_000, to: finishBy + 2_000 }
const open = (id: string, more: { finishBy?: number } = { finishBy }) =>
  world.ledger.openBatch({ id, producer: 'acme', name: '', bodyHash: 'h', ...more })
const events = async () =>
  (await world.ledger.events('acme').read('0-0', 100)).delivered.map(({ event }) => event)

describe('a batch that should be done by a time', () => {
  it('is among those that are watched, the first before the others, and says so to its producer', async () => {
    await open('b', { finishBy: finishBy + 1 })
    await open('a')
    await open('c', {})
    expect(await world.ledger.withFinishBy(0, 10)).toEqual(['a', 'b'])
    expect(await world.ledger.withFinishBy(1, 10)).toEqual(['b'])
    expect((await world.ledger.readBatch('a'))?.finishBy).toBe(finishBy)
  })

  it('is told of once when it is late, and once more after it was in time again', async () => {
    await open('b')
    expect(await world.ledger.tellLate('b', false, end)).toBe('same')
    expect(await world.ledger.tellLate('b', true, end)).toBe('told')
    expect(await world.ledger.tellLate('b', true, end)).toBe('same')
    expect(await world.ledger.tellLate('b', false, end)).toBe('same')
    expect(await world.ledger.tellLate('b', true, end)).toBe('told')
    expect(await events()).toMatchObject([
      {
        id: 'b-late-1',
        type: 'restyle.batch.late',
        subject: 'b',
        data: {
          batch: 'b',
          finishBy: '2026-03-03T05:00:00.000Z',
          from: '2026-03-03T05:00:01.000Z',
          to: '2026-03-03T05:00:02.000Z',
        },
      },
      { id: 'b-late-2' },
    ])
  })

  it('is watched no longer when it has ended, was canceled or is gone', async () => {
    await open('b')
    await open('gone')
    await open('c')
    await world.ledger.closeBatch('c', 0)
    await redis.hset(world.keys.batch('c'), 'completedAt', '1')
    await world.ledger.cancelBatch('b')
    await redis.del(world.keys.batch('gone'))
    for (const id of ['b', 'c', 'gone']) expect(await world.ledger.tellLate(id, true, end)).toBe('over')
    expect(await world.ledger.withFinishBy(0, 10)).toEqual([])
    expect((await events()).filter(({ type }) => type === 'restyle.batch.late')).toEqual([])
  })
})
