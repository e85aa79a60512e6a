import type { DashScope } from '@restyle/dashscope/client'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { openQueues } from '@restyle/shared/queues'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { openRecall } from '@restyle/shared/receipt/usage-record'
import { tryRedis } from '@restyle/shared/redis/try-redis'
import { watchRedis } from '@restyle/shared/redis/watch-redis'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { checkBucket } from '@restyle/shared/store/check-bucket'
import { mayRead } from '@restyle/shared/store/source-buckets'
import { openStore, type Store } from '@restyle/shared/store/store'
import { nameOfPlace, storeOptions } from '@restyle/shared/store/store-options'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import type { checkImage } from './copy/check-image.ts'
import type { WorkerConfig } from './config.ts'
import type { DoctorTools } from './doctor/doctor.ts'
import { laneReaching, type Admitted } from './lane/lane-reaching.ts'
import { factsOfLanes } from './lane/lane-facts.ts'
import { type Measuring, openMeasuring } from './lane/measuring.ts'
import { type Deadlines, type Lane, openLane, type ReceiptPlace } from './lane/lane.ts'
import { measureLane } from './lane/measure-lane.ts'
import { watchVendor } from './lane/watch-vendor.ts'
import type { RebuildTools } from './rebuild/rebuild-tools.ts'
import { chooseDelivery } from './submit/choose-delivery.ts'

/*
 * Opens what the configuration names, and nothing else: the hands, the doctor and the admin commands are wired from this.
 */

/** Test seam: wraps the ledger, store, client or image check so that a test can switch one safeguard off. */
export type TestSeams = Partial<{
  ledger: (ledger: Ledger, redis: RedisClient, prefix: string) => Ledger
  store: (store: Store) => Store
  client: (client: DashScope) => DashScope
  checkImage: typeof checkImage
}>

const unchanged = <T>(thing: T): T => thing

/**
 * Opens the lanes, the connections and the buckets. Nothing is asked of them yet. Throws `BadConfiguration`. `role`: how
 * long Redis is waited for.
 */
export function openServices(
  config: WorkerConfig,
  log: Log,
  seams: TestSeams = {},
  role: 'worker' | 'doctor' = 'worker',
) {
  const deadlines = deadlinesOf(config)
  // before the connections: a lane that is wrong throws, and nothing may be left open
  const { lanes, measuring } = openMeasuredLanes(config, deadlines, log, seams)
  const watch = watchRedis(log, () => ledger.takesWrites())
  const connect = () => connectRedis(config.REDIS_URL, role, watch.failed)
  const [redis, prefix] = [connect(), config.RESTYLE_PREFIX]
  const store = (seams.store ?? unchanged)(openStore(storeOptions(config)))
  const opened = openLedger(redis, prefix, { recall: openRecall({ store, log, now: Date.now }) })
  const ledger = (seams.ledger ?? unchanged)(opened, redis, prefix)
  const queues = openQueues(redis, prefix, watch.failed)
  const buckets = openSourceBuckets(config)
  const rebuild: RebuildTools = {
    ledger,
    store,
    rows: openRowReader(store),
    log,
    keyTemplate: config.RESTYLE_KEY_TEMPLATE,
    factsOf: factsOfLanes(lanes),
    told: new Set(),
  }
  const doctor: DoctorTools = {
    ...examined(config),
    tryRedis: () => tryRedis(config.REDIS_URL, prefix),
    store,
    lanes,
    checkBucket: (stopping) => checkBucket(store, redis, prefix, stopping),
  }

  return {
    connect,
    redis,
    ledger,
    queues,
    store,
    rows: rebuild.rows,
    delivery: chooseDelivery(config.RESTYLE_SOURCE_DELIVERY, storeOptions(config)),
    bucketOf: (bucket: string) => buckets.get(bucket),
    mayRead: (producer: string, bucket: string, key: string) =>
      mayRead(config.RESTYLE_SOURCE_BUCKETS, producer, bucket, key),
    deadlines,
    lanes,
    measuring,
    laneOf: (edit: Admitted) => laneReaching(lanes, edit),
    place: placeOf(config),
    rebuild,
    doctor,
    close: async (): Promise<void> => {
      await Promise.all([queues.close(), ...lanes.map((lane) => lane.client.close())])
      for (const each of [store, ...buckets.values()]) each.close()
      watch.stop()
      redis.disconnect()
    },
  }
}

/** The lanes, and what this process measures of them, by their ids. */
function openMeasuredLanes(
  config: WorkerConfig,
  deadlines: Deadlines,
  log: Log,
  { client: seam = unchanged }: TestSeams,
): { lanes: Lane[]; measuring: ReadonlyMap<string, Measuring> } {
  const copiesBehind = config.RESTYLE_COPIES_BEHIND
  const measuring = new Map<string, Measuring>()
  const lanes = config.RESTYLE_LANES.map((each) => {
    const lane = openLane(each, deadlines, config.proxies)
    const own = openMeasuring({ queryPerSecond: lane.queryPerSecond, copiesBehind }, Date.now())
    measuring.set(lane.id, own)
    const client = measureLane(seam(lane.client), own)
    return { ...lane, client: watchVendor(client, lane.name, log) }
  })
  return { lanes, measuring }
}

function openSourceBuckets(config: WorkerConfig): ReadonlyMap<string, Store> {
  const listed = new Set(config.RESTYLE_SOURCE_BUCKETS.map(({ bucket }) => bucket))
  return new Map([...listed].map((bucket) => [bucket, openStore(storeOptions(config, bucket))]))
}

/** What the doctor reads out of the configuration. */
const examined = (config: WorkerConfig) => ({
  createOnce: config.S3_CREATE_ONCE,
  bucket: config.S3_BUCKET,
  delivery: config.RESTYLE_SOURCE_DELIVERY,
  forgetfulRedis: config.RESTYLE_ALLOW_FORGETFUL_REDIS,
  network: { ...config, trusted: config.RESTYLE_TRUST_RANGES },
  baseUrls: config.RESTYLE_LANES.flatMap(({ name: lane, baseUrl }) =>
    baseUrl === undefined ? [] : [{ lane, baseUrl }],
  ),
})

export type Services = ReturnType<typeof openServices>

const deadlinesOf = (config: WorkerConfig): Deadlines => ({
  postMs: config.RESTYLE_POST_DEADLINE_MS,
  receiptMs: config.RESTYLE_RECEIPT_DEADLINE_MS,
  queryMs: 15_000,
})

const placeOf = (config: WorkerConfig): ReceiptPlace => ({
  bucket: nameOfPlace(storeOptions(config)),
  createOnce: config.S3_CREATE_ONCE,
})
