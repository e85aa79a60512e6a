import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { startProducer } from '@restyle/producer/start'
import { createLog } from '@restyle/shared/log'
import { Redis } from 'ioredis'
import { openProducer, type World } from './open-producer.ts'

describe('a producer that cannot start', () => {
  let world: World
  const other = createServer()

  beforeAll(async () => {
    world = await openProducer()
    await once(other.listen(0, '127.0.0.1'), 'listening')
  })
  afterAll(async () => {
    await once(other.close(), 'close')
    await world.stop()
  })

  it('closes what it opened before its port turned out to be taken', async () => {
    const { port } = other.address() as AddressInfo
    const opened: Redis[] = []
    const { redis } = world
    if (!(redis instanceof Redis)) throw new Error('the world has one server')
    const duplicate = redis.duplicate.bind(redis)
    redis.duplicate = (options) => {
      const connection = duplicate(options)
      opened.push(connection)
      return connection
    }

    const start = startProducer({
      config: { host: '127.0.0.1', port, prefix: world.prefix },
      redis: world.redis,
      store: world.store,
      log: createLog('silent'),
    })
    await expect(start).rejects.toMatchObject({ code: 'PortTaken' })
    expect(opened.map(({ status }) => status)).toEqual(['end'])
    // what the caller handed in stays open
    expect(await world.redis.ping()).toBe('PONG')
  })
})
