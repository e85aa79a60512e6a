import { createHash, createHmac } from 'node:crypto'
import type { RedisClient } from '@restyle/shared/redis/redis-client'

/** An API key, and its id. */
export type Key = { key: string; keyId: string }
/** An edit for the queue, as text. */
export type Job = { producer: string; idempotencyKey: string; edit: string }

/** What the queue takes, signed as docs/direct-enqueue.md says. */
export function signed({ producer, idempotencyKey, edit }: Job, { key, keyId }: Key) {
  const secret = key.split('_')[2] ?? ''
  const under = createHash('sha256').update(secret).digest('hex')
  const signature = createHmac('sha256', under)
    .update(`${producer}\n${idempotencyKey}\n${edit}`)
    .digest('hex')
  return { producer, key: keyId, idempotencyKey, edit, signature }
}

/** Adds a job as a program without a library does: the commands of docs/direct-enqueue.md. Gives its id. */
export async function addJob(redis: RedisClient, prefix: string, data: string, id?: string): Promise<string> {
  const at = (name: string) => `${prefix}:intake:${name}`
  const own = id ?? String(await redis.incr(at('id')))
  const fields = { name: 'edit', data, opts: '{}', timestamp: Date.now(), delay: 0, priority: 0 }
  await redis.multi().hset(at(own), fields).lpush(at('wait'), own).zadd(at('marker'), 0, '0').exec()
  return own
}
