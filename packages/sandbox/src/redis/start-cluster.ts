import { setTimeout as sleep } from 'node:timers/promises'
import { tell } from './start-managed-redis.ts'
import { freePort, type RedisServer, startRedis } from './start-redis.ts'

/** Three masters that share the slots. */
export interface RedisCluster {
  /** As REDIS_URL takes it. */
  url: string
  nodes: RedisServer[]
  stop(): Promise<void>
}

const slots = 16_384

/** Starts a real cluster and resolves when every node says that all of it is well. */
export async function startCluster(): Promise<RedisCluster> {
  const nodes: RedisServer[] = []
  const stop = async () => {
    for (const node of nodes.splice(0)) await node.stop()
  }
  try {
    const buses: number[] = []
    for (let i = 0; i < 3; i += 1) {
      const bus = await freePort()
      buses.push(bus)
      nodes.push(
        await startRedis({
          extra: ['cluster-enabled yes', `cluster-port ${bus}`, 'cluster-node-timeout 2000'],
        }),
      )
    }
    for (const [i, { port }] of nodes.entries()) {
      const [first, next] = [0, 1].map((more) => Math.floor((slots * (i + more)) / nodes.length))
      await tell(port, async (redis) => {
        await redis.call('CLUSTER', 'ADDSLOTSRANGE', String(first), String((next ?? slots) - 1))
        const [one] = nodes
        if (i > 0) await redis.call('CLUSTER', 'MEET', '127.0.0.1', String(one?.port), String(buses[0]))
      })
    }
    const well = (text: unknown) => /cluster_state:ok[^]*cluster_known_nodes:3/.test(String(text))
    for (const { port } of nodes)
      while (!well(await tell(port, (redis) => redis.call('CLUSTER', 'INFO')))) await sleep(50)
    return {
      url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
      nodes: [...nodes],
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
