import { Queue } from 'bullmq'
import type { RedisServer } from '../redis/start-redis.ts'
import { rowOf } from './catalog-file.ts'

/** Jobs of one call. */
const atOnce = 1_000

/** Jobs per second of BullMQ's `addBulk` with the payload of our rows, a thousand at a time, into an empty queue. */
export async function addBulkRate(redis: RedisServer, jobs: number): Promise<number> {
  const { hostname, port } = new URL(redis.url)
  const queue = new Queue('raw', { connection: { host: hostname, port: Number(port) } })
  try {
    await queue.waitUntilReady()
    const began = performance.now()
    for (let from = 0; from < jobs; from += atOnce) {
      const count = Math.min(atOnce, jobs - from)
      await queue.addBulk(Array.from({ length: count }, (_, i) => ({ name: 'edit', data: rowOf(from + i) })))
    }
    return jobs / ((performance.now() - began) / 1000)
  } finally {
    await queue.obliterate({ force: true })
    await queue.close()
  }
}
