import { distinctLots } from '@restyle/shared/ledger/rests'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { keepWindows } from '@restyle/shared/keep-windows'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { startRedis } from '@restyle/sandbox/redis/start-redis'
import { settleBatch } from '@restyle/shared/settle-batch'
import { createLog } from '@restyle/shared/log'
import { asked, lane } from './ledger-world.ts'

let server: Awaited<ReturnType<typeof startRedis>>
let redis: RedisClient
beforeAll(async () => {
  server = await startRedis({ appendonly: false })
  redis = connectRedis(server.url, 'producer', () => {})
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

const hourMs = 3600_000
/** Hours that are so many hours away from now, and two long, in UTC. */
function hoursIn(hours: number): { from: string; to: string; timeZone: string } {
  const clock = (ms: number): string => new Date(Date.now() + ms).toISOString().slice(11, 16)
  return { from: clock(hours * hourMs), to: clock((hours + 2) * hourMs), timeZone: 'UTC' }
}

describe('a batch with hours', () => {
  const prefix = '{test}'
  const keys = ledgerKeys(prefix)
  beforeEach(() => redis.flushall())

  /** A batch of one row, which was fed. */
  async function fed(window: ReturnType<typeof hoursIn>) {
    const ledger = openLedger(redis, prefix)
    const edit = { ...asked('batch_1-0'), batch: 'batch_1' }
    await ledger.openBatch({ id: 'batch_1', producer: 'acme', name: 'x', total: 1, bodyHash: 'h', window })
    await ledger.appendRows({ batch: 'batch_1', first: 0, count: 1, lots: distinctLots([edit]) })
    const feed = async (): Promise<boolean> => {
      const next = await ledger.nextToFeed()
      if (next.kind !== 'feed') return false
      await ledger.feed({ ...next, edits: [edit], to: 1 })
      return true
    }
    const stops = async (): Promise<string[]> => Object.keys((await ledger.readBatch('batch_1'))?.stops ?? {})
    const tools = { ledger, queues: { hurry: async () => {} }, log: createLog('silent') }
    /** What the duties of a worker do. */
    const settle = async (): Promise<void> => {
      for (const [batch, mark] of await ledger.unsettled())
        await settleBatch(batch, mark, tools, new AbortController().signal)
    }
    return { ledger, feed, stops, settle }
  }

  it('goes while they last', async () => {
    const { ledger, feed, stops } = await fed(hoursIn(-1))
    expect(await stops()).toEqual([])
    expect(await feed()).toBe(true)
    expect((await ledger.admit(lane)).kind).toBe('admitted')
  })

  it('does not go before they begin, says until when, and is no paused batch', async () => {
    const { ledger, feed, stops } = await fed(hoursIn(1))
    expect(await stops()).toEqual(['window'])
    expect(await feed()).toBe(false)
    expect((await ledger.admit(lane)).kind).toBe('empty')
    const batch = await ledger.readBatch('batch_1')
    expect(batch?.pausedAt).toBeUndefined()
    expect(Number(batch?.stops?.window?.untilAt) - Date.now()).toBeGreaterThan(58 * 60_000)
  })

  it('submits nothing after they have ended, however late whoever stops it is', async () => {
    const { ledger, feed, stops, settle } = await fed(hoursIn(-1))
    await feed()
    await redis.hset(keys.batch('batch_1'), 'closesAt', Date.now() - 1)
    expect((await ledger.admit(lane)).kind).toBe('empty')
    expect(await stops()).toEqual([])

    // its turn comes: by its own hours it is open, and goes on
    await redis.zadd(keys.windows, Date.now() - 1, 'batch_1')
    expect(await keepWindows({ ledger })).toBe(1)
    await settle()
    expect((await ledger.admit(lane)).kind).toBe('admitted')
  })

  it('stops when they end, and goes on by itself when they begin again', async () => {
    const { ledger, feed, stops, settle } = await fed(hoursIn(-1))
    await feed()
    await redis.hset(keys.batch('batch_1'), 'window', JSON.stringify(hoursIn(1)))
    await redis.zadd(keys.windows, Date.now() - 1, 'batch_1')
    expect(await keepWindows({ ledger })).toBe(1)
    expect(await stops()).toEqual(['window'])
    await settle()
    expect((await ledger.admit(lane)).kind).toBe('empty')
    const closesAt = Number(await redis.hget(keys.batch('batch_1'), 'closesAt'))
    expect(closesAt - Date.now()).toBeGreaterThan(2 * hourMs)

    await redis.zadd(keys.stopEnds, Date.now() - 1, 'batch batch_1 window')
    expect(await ledger.endStops()).toBe(1)
    await settle()
    expect((await ledger.admit(lane)).kind).toBe('admitted')
    const events = (await ledger.events('acme').read('0', 10)).delivered.map(({ event }) => event.type)
    expect(events).toEqual(['restyle.batch.paused', 'restyle.batch.resumed'])
  })

  it('is in no list any more when it has ended', async () => {
    const { ledger } = await fed(hoursIn(-1))
    await ledger.cancelBatch('batch_1')
    await redis.zadd(keys.windows, Date.now() - 1, 'batch_1')
    expect(await keepWindows({ ledger })).toBe(1)
    expect(await redis.exists(keys.windows)).toBe(0)
  })
})
