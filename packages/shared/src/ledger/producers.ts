import type { Weight } from '../contract/producer.ts'
import type { LedgerContext } from './record.ts'

/** What an admin has set for a producer. */
export type ProducerSettings = { weight: Weight }

/** undefined for a producer that never had an API key. */
export async function readProducer(
  { redis, keys }: LedgerContext,
  producer: string,
): Promise<ProducerSettings | undefined> {
  if ((await redis.sismember(keys.producers, producer)) === 0) return undefined
  const weight = await redis.hget(keys.producer(producer), 'weight')
  return { weight: Number(weight ?? 1) }
}

/**
 * Sets a producer's weight; false for a producer that never had an API key. It counts from the next admission on, also for
 * edits that wait already: the script that admits reads it, and nothing in the backlog depends on it.
 */
export async function setWeight(
  { redis, keys }: LedgerContext,
  producer: string,
  weight: Weight,
): Promise<boolean> {
  if ((await redis.sismember(keys.producers, producer)) === 0) return false
  await redis.hset(keys.producer(producer), 'weight', weight)
  return true
}
