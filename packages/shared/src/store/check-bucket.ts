import type { RedisClient } from '../redis/redis-client.ts'
import { claimBucket } from './installation.ts'
import type { Store } from './store.ts'
import { StoreError } from './store-error.ts'

/** What trying the bucket came to: what the probe found, or that the bucket is another installation's. */
export type BucketCheck =
  /** `adopted`: see installation.ts. */
  | { kind: 'sound'; clockSkewMs?: number; adopted?: true }
  | { kind: 'away'; says: string }
  | { kind: 'overwrites' | 'refused' | 'foreign'; says: string }

/** Longer than this nobody waits for a bucket: then it is away. */
const patienceMs = 10_000

/** Tries the bucket and asks whose it is. Never rejects, and ends after ten seconds or when `stopping` aborts. */
export async function checkBucket(
  store: Store,
  redis: RedisClient,
  prefix: string,
  stopping?: AbortSignal,
): Promise<BucketCheck> {
  const limit = new AbortController()
  const late = Promise.withResolvers<BucketCheck>()
  const end = () => {
    late.resolve(away(`the bucket gave no answer within ${patienceMs / 1000} s: look at S3_ENDPOINT`))
    limit.abort(new DOMException('no answer in time', 'TimeoutError'))
  }
  const timer = setTimeout(end, patienceMs)
  stopping?.addEventListener('abort', end)
  try {
    return await Promise.race([tryBucket(store, redis, prefix, limit.signal), late.promise])
  } finally {
    clearTimeout(timer)
    stopping?.removeEventListener('abort', end)
  }
}

async function tryBucket(
  store: Store,
  redis: RedisClient,
  prefix: string,
  signal: AbortSignal,
): Promise<BucketCheck> {
  const probe = await store.probe(signal)
  if (probe.kind !== 'sound') return { kind: probe.kind, says: probe.says }
  try {
    const claim = await claimBucket(store, redis, prefix)
    if (claim.kind !== 'ours') return claim
    return claim.adopted === true ? { ...probe, adopted: true } : probe
  } catch (error) {
    if (error instanceof StoreError && error.kind !== 'transient')
      return { kind: 'refused', says: `${error.message}, "${error.said}"` }
    return away(`whose it is could not be asked: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const away = (says: string): BucketCheck => ({ kind: 'away', says })
