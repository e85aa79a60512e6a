import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { type Proxy, startProxy } from '../../src/net/tcp-proxy.ts'
import { startSentinel } from '../../src/redis/start-sentinel.ts'
import { until } from '../stories/story.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
})

it('every connection comes back after a failover that is told of while they ask for the master', async () => {
  const world = await startSentinel({ downAfterMs: 1_000 })
  undo.push(() => world.stop())
  const wires: Proxy[] = []
  for (const target of world.sentinels) {
    const wire = await startProxy({ target })
    undo.push(() => wire.stop())
    wires.push(wire)
  }
  const nodes = wires.map(({ port }) => `127.0.0.1:${port}`).join(',')
  const clients = Array.from({ length: 24 }, () =>
    connectRedis(`redis+sentinel://${nodes}/${world.name}`, 'worker', () => {}),
  )
  undo.push(() => clients.forEach((each) => each.disconnect()))
  await Promise.all(clients.map((each) => each.ping()))
  // to ask takes as long as to wait for the next attempt: the news meets some of them in the middle of it
  for (const wire of wires) wire.faults.latency(400)
  await world.killMaster()
  for (const wire of wires) wire.faults.latency(0)
  const answers = async () => {
    const pongs = await Promise.all(clients.map((each) => each.ping().catch(() => undefined)))
    return pongs.filter((pong) => pong === 'PONG').length
  }
  await until(async () => (await answers()) === clients.length, 30_000, answers)
  expect(clients.map(({ status }) => status)).toEqual(clients.map(() => 'ready'))
}, 90_000)
