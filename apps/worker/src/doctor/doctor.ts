import { setTimeout } from 'node:timers/promises'
import { judgeBaseUrl } from '@restyle/dashscope/base-url'
import type { TrustedRange } from '@restyle/shared/net/trusted-ranges'
import type { RedisTrial } from '@restyle/shared/redis/try-redis'
import type { BucketCheck } from '@restyle/shared/store/check-bucket'
import type { CreateOnce } from '@restyle/shared/store/create-once'
import { adoptedSays } from '@restyle/shared/store/installation'
import type { Store } from '@restyle/shared/store/store'
import type { Lane } from '../lane/lane.ts'
import type { Delivery } from '../submit/choose-delivery.ts'
import { type Finding, refuse, warn } from './finding.ts'
import { lookAtBucket, lookAtDelivery } from './look-at-bucket.ts'
import { lookAtLane } from './look-at-lane.ts'
import { lookAtNetwork } from './look-at-network.ts'
import { lookAtRedis } from './look-at-redis.ts'

export type DoctorTools = {
  tryRedis: () => Promise<RedisTrial>
  store: Store
  checkBucket: (stopping?: AbortSignal) => Promise<BucketCheck>
  lanes: readonly Lane[]
  createOnce: CreateOnce
  bucket: string
  delivery: Delivery | 'auto'
  forgetfulRedis: boolean
  network: Parameters<typeof lookAtNetwork>[0] & { trusted: readonly TrustedRange[] }
  /** The base addresses that somebody wrote down, by lane. */
  baseUrls: readonly { lane: string; baseUrl: string }[]
}

type Surroundings = Pick<
  DoctorTools,
  'tryRedis' | 'checkBucket' | 'createOnce' | 'forgetfulRedis' | 'baseUrls'
>

/** What a worker depends on before it takes the first edit: Redis, the bucket, and addresses that can work. */
export async function examine(tools: Surroundings): Promise<Finding[]> {
  const found = await Promise.all([examineRedis(tools), examineBucket(tools)])
  return [...found.flat(), ...lookAtBaseUrls(tools)]
}

const examineRedis = async ({
  tryRedis,
  forgetfulRedis,
}: Pick<Surroundings, 'tryRedis' | 'forgetfulRedis'>): Promise<Finding[]> =>
  lookAtRedis(await tryRedis(), forgetfulRedis)

/** An address that serves no tasks would only pause its lane, again and again. */
const lookAtBaseUrls = ({ baseUrls }: Pick<DoctorTools, 'baseUrls'>): Finding[] =>
  baseUrls.flatMap(({ lane, baseUrl }) => {
    const judged = judgeBaseUrl(baseUrl)
    return judged.kind === 'ok' ? [] : [refuse(`lane ${lane}`, judged.says)]
  })

const examineBucket = async ({ checkBucket, createOnce }: Surroundings): Promise<Finding[]> =>
  lookAtBucket(await checkBucket(), createOnce)

/** The gate of a worker tells the second by itself. */
const examineOwnBucket = async ({ checkBucket, createOnce }: Surroundings): Promise<Finding[]> => {
  const check = await checkBucket()
  const adopted = check.kind === 'sound' && check.adopted === true
  return [...lookAtBucket(check, createOnce), ...(adopted ? [warn('installation', adoptedSays)] : [])]
}

const examineProbe = async ({ store, createOnce }: DoctorTools): Promise<Finding[]> =>
  lookAtBucket(await store.probe(), createOnce)

/** How long to wait for an answer about the network (ms). */
const patienceMs = 10_000

/** All of it, the vendor's accounts included: one free question per lane. A Redis that is away is a finding too. */
export async function examineAll(tools: DoctorTools): Promise<Finding[]> {
  const noNames = setTimeout(patienceMs, [warn('results', 'names are not found in time: look at the DNS')], {
    ref: false,
  })
  const { lanes: all, network } = tools
  const regions = all.map(({ region }) => region)
  const redis = await examineRedis(tools)
  const works = redis.every(({ what, verdict }) => what !== 'redis' || verdict === 'ok')
  const [bucket, delivery, results, lanes] = await Promise.all([
    // whose the bucket is, Redis knows
    works ? examineOwnBucket(tools) : examineProbe(tools),
    signAndJudge(tools),
    Promise.race([lookAtNetwork(network, regions, { trusted: network.trusted }), noNames]),
    Promise.all(all.map((lane) => examineLane(lane, tools))),
  ])
  return [...redis, ...bucket, delivery, ...results, ...lanes.flat()]
}

async function signAndJudge({ store, bucket, delivery }: DoctorTools): Promise<Finding> {
  try {
    return lookAtDelivery(await store.presignGet('.restyle/probe/address', 60), bucket, delivery)
  } catch (error) {
    return warn('source delivery', `no address can be signed: ${error instanceof Error ? error.message : ''}`)
  }
}

/** An address that serves no tasks is not asked: its answer would be a second sentence about one fault. */
async function examineLane(lane: Lane, { baseUrls }: DoctorTools): Promise<Finding[]> {
  const wrong = lookAtBaseUrls({ baseUrls: baseUrls.filter((each) => each.lane === lane.name) })
  if (wrong.length > 0) return wrong
  const now = Date.now()
  const answer = await lane.client.list({
    from: now - 60_000,
    to: now,
    model: lane.model.id,
    page: 1,
    pageSize: 1,
  })
  return [lookAtLane({ name: lane.name, model: lane.model.id, region: lane.region }, answer)]
}
