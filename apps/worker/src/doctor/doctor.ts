import { setTimeout } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { BucketCheck } from '@restyle/shared/store/check-bucket'
import type { CreateOnce } from '@restyle/shared/store/create-once'
import type { Store } from '@restyle/shared/store/store'
import type { Lane } from '../lane/lane.ts'
import type { Delivery } from '../submit/choose-delivery.ts'
import { type Finding, ok, refuse, warn } from './finding.ts'
import { lookAtBucket, lookAtDelivery } from './look-at-bucket.ts'
import { lookAtRedis } from './look-at-redis.ts'

export type DoctorTools = {
  redis: Redis
  store: Store
  checkBucket: (stopping?: AbortSignal) => Promise<BucketCheck>
  lanes: readonly Lane[]
  createOnce: CreateOnce
  bucket: string
  delivery: Delivery | 'auto'
  forgetfulRedis: boolean
}

/** What a worker depends on before it takes the first edit: Redis and the bucket. */
export async function examine({
  redis,
  checkBucket,
  createOnce,
  forgetfulRedis,
}: Pick<DoctorTools, 'redis' | 'checkBucket' | 'createOnce' | 'forgetfulRedis'>): Promise<Finding[]> {
  const [info, check] = await Promise.all([redis.info(), checkBucket()])
  return [...lookAtRedis(info, forgetfulRedis), ...lookAtBucket(check, createOnce)]
}

/** Longer than this nobody waits for a diagnosis. */
const patienceMs = 10_000

/** All of it, the vendor's accounts included: one free question per lane. A Redis that is away is a finding too. */
export async function examineAll(tools: DoctorTools): Promise<Finding[]> {
  const away = refuse('redis', `gave no answer within ${patienceMs / 1000} s: look at REDIS_URL`)
  const late = setTimeout(patienceMs, [away], { ref: false })
  const [surroundings, delivery, lanes] = await Promise.all([
    Promise.race([examine(tools), late]),
    signAndJudge(tools),
    Promise.all(tools.lanes.map(lookAtLane)),
  ])
  return [...surroundings, delivery, ...lanes]
}

async function signAndJudge({ store, bucket, delivery }: DoctorTools): Promise<Finding> {
  try {
    return lookAtDelivery(await store.presignGet('.restyle/probe/address', 60), bucket, delivery)
  } catch (error) {
    return warn('source delivery', `no address can be signed: ${error instanceof Error ? error.message : ''}`)
  }
}

async function lookAtLane(lane: Lane): Promise<Finding> {
  const now = Date.now()
  const what = `lane ${lane.name}`
  const answer = await lane.client.list({
    from: now - 60_000,
    to: now,
    model: lane.model.id,
    page: 1,
    pageSize: 1,
  })
  if (answer.kind === 'page') return ok(what, `${lane.model.id} in ${lane.region}: the key is good`)
  const said = `${answer.code}: ${answer.message}`
  return answer.action === 'pauseLane' ? refuse(what, said) : warn(what, `gave no answer now (${said})`)
}
