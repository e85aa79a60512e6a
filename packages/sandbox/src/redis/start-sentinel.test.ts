import { Redis } from 'ioredis'
import { startSentinel, type SentinelWorld } from './start-sentinel.ts'

let world: SentinelWorld
let client: Redis

afterEach(async () => {
  client.disconnect()
  await world.stop()
})

function clientOf({ sentinels, name }: SentinelWorld) {
  const redis = new Redis({ sentinels, name, sentinelRetryStrategy: () => 50, retryStrategy: () => 50 })
  redis.on('error', () => {})
  return redis
}

describe('startSentinel', () => {
  it('promotes the replica when the master is killed, and the old master comes back as a replica', async () => {
    world = await startSentinel({ downAfterMs: 1_000 })
    client = clientOf(world)
    const old = await world.master()
    const replica = await world.replica()
    expect(replica.port).not.toBe(old.port)
    await client.set('edit', 'queued')
    await client.wait(1, 5_000)

    const next = await world.killMaster()
    expect(next.port).toBe(replica.port)
    expect(await client.get('edit')).toBe('queued')
    expect(await client.set('edit', 'running')).toBe('OK')

    await old.restart()
    expect((await world.replica()).port).toBe(old.port)
    // true only once the old master has been told to follow
    expect(await client.wait(1, 30_000)).toBe(1)
  })

  it('loses what the replica had not seen when the link between them is held', async () => {
    world = await startSentinel({ proxied: true })
    client = clientOf(world)
    await client.set('seen', '1')
    await client.wait(1, 5_000)
    world.link?.faults.blackhole()
    await client.set('unseen', '1')

    await world.killMaster()
    expect(await client.mget('seen', 'unseen')).toEqual(['1', null])
  })
})
