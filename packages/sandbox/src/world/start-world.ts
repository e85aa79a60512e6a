import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { scopes } from '@restyle/producer/http/scopes'
import { type Producer, startProducer } from '@restyle/producer/start'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { openLedger, type Ledger } from '@restyle/shared/ledger/ledger'
import { createLog, type Log } from '@restyle/shared/log'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { watchRedis } from '@restyle/shared/redis/watch-redis'
import { faultsOfStore } from '@restyle/shared/store/store-env'
import { readEnv } from '@restyle/shared/read-env'
import { sharedEnv } from '@restyle/shared/shared-env'
import type { CreateOnce } from '@restyle/shared/store/create-once'
import { openStore, type Store } from '@restyle/shared/store/store'
import { storeOptions } from '@restyle/shared/store/store-options'
import { readConfig } from '@restyle/worker/config'
import { type RunningWorker, startWorker, type WorkerOverrides } from '@restyle/worker/start'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { z } from 'zod'
import {
  type DashScopeOptions,
  type DashScopeSimulator,
  startDashScope,
} from '../dashscope/start-dashscope.ts'
import { onPort } from '../net/on-port.ts'
import { type RedisServer, startRedis } from '../redis/start-redis.ts'
import { worldSecret } from '../secrets/leaks.ts'
import { type Dialect, dialects } from '../s3/dialects.ts'
import { type S3Server, startS3 } from '../s3/start-s3.ts'

/** How to start a world; everything has a default. */
export type WorldOptions = {
  /** Redis's log and the bucket live here and outlive a restart; absent = memory and a temporary folder. */
  dir?: string
  /** Tasks run this much faster than the vendor's. */
  speed?: number
  /** More options of the simulator. */
  dashscope?: DashScopeOptions
  /** The real service instead of the simulator: its key, and its address where it is not Beijing's. */
  real?: { apiKey: string; baseUrl?: string }
  /** The store that the bucket lies in; AWS unless said, and reached as that store is reached. */
  dialect?: Dialect
  /** More of the worker's environment. */
  env?: Record<string, string>
  /** More of what a worker is handed. */
  overrides?: Partial<WorkerOverrides>
  ports?: { producer?: number; s3?: number; redis?: number; dashscope?: number }
  apiKey?: string
  log?: Log
  /** A bucket beside its own, which catalogs and sources may name. */
  sources?: string
  /** Takes jobs of the intake queue too. */
  direct?: true
  /** Started together with the world; more with `startWorker`. Default 1. */
  workers?: number
}

/** Everything, in one process, for tests and for trying out. */
export type World = {
  /** The environment of its workers. */
  env: Record<string, string>
  /** Producer's address and the key of the producer `local`. */
  url: string
  apiKey: string
  redis: RedisClient
  redisServer: RedisServer
  ledger: Ledger
  store: Store
  s3: S3Server
  /** The simulator; calling it in a world of the real service throws. */
  dashscope: DashScopeSimulator
  producer: Producer
  startWorker(more?: {
    env?: Record<string, string>
    overrides?: Partial<WorkerOverrides>
  }): Promise<RunningWorker>
  stop(): Promise<void>
}

const defaultSpeed = 60
const unfiledMs = 24 * 3600_000
const bucket = 'restyle'
const keys = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }

type Releasers = (() => Promise<unknown>)[]

/** What the manifests of schedules may name. */
const schedulesOf = (sources: string | undefined, openBucket: (name: string) => Store) =>
  sources === undefined ? {} : { places: [{ bucket: sources, prefix: '', producer: undefined }], openBucket }

/** The intake queue waits for jobs on a connection of its own. */
function openQueue(redis: RedisClient, releasers: Releasers) {
  releasers.push(async () => redis.disconnect())
  return { direct: { redis, concurrency: 4 } }
}

/** Starts Redis, the bucket, the vendor, a producer and a worker; the last things started are the first to stop. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { ports = {}, log = createLog('silent'), workers = 1 } = options
  const releasers: Releasers = []
  const release = async () => {
    for (const each of releasers.toReversed()) await each()
  }
  try {
    const { redisServer, s3, simulator } = await startServers(options, releasers)

    const env = { REDIS_URL: redisServer.url, ...workerEnv(options, s3, simulator), ...options.env }
    const watch = watchRedis(log, () => ledger.takesWrites())
    const redis = connectRedis(redisServer.url, 'producer', watch.failed)
    releasers.push(async () => {
      watch.stop()
      redis.disconnect()
    })
    const shared = readEnv(z.object(sharedEnv), env, faultsOfStore)
    const store = openStore({ ...storeOptions(shared), requestTimeoutMs: 5_000 })
    releasers.push(async () => store.close())
    const ledger = openLedger(redis, defaultPrefix)
    const apiKey = options.apiKey ?? `rk_local_${worldSecret}${randomBytes(16).toString('hex')}`
    await installApiKey(redis, defaultPrefix, 'local', apiKey, scopes)
    const config = { host: '127.0.0.1', port: ports.producer ?? 0, prefix: defaultPrefix }
    const connect = () => connectRedis(redisServer.url, 'worker', watch.failed)
    const direct = options.direct ? openQueue(connect(), releasers) : {}
    // whoever tries it out listens on this machine
    const endpoints = simulator === undefined ? {} : { allow: isThisMachine }
    const schedules = schedulesOf(options.sources, (name) => openStore(storeOptions(shared, name)))
    const producer = await startProducer({ config, redis, store, log, endpoints, schedules, ...direct })
    releasers.push(() => producer.stop())

    const start: World['startWorker'] = async (more = {}) => {
      const inside = simulator && insideParts(simulator, options.speed ?? defaultSpeed)
      // whoever looks at them asks for them: most tests count what is in the bucket
      const overrides = { log, filesAfterMs: unfiledMs, ...inside, ...options.overrides, ...more.overrides }
      return startStoppable({ ...env, ...more.env }, overrides, releasers)
    }
    for (let i = 0; i < workers; i += 1) await start()

    return {
      env,
      url: producer.url,
      apiKey,
      redis,
      redisServer,
      ledger,
      store,
      s3,
      get dashscope() {
        if (simulator === undefined) throw new Error('this world uses the real service')
        return simulator
      },
      producer,
      startWorker: start,
      stop: release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

async function startServers(
  options: WorldOptions,
  releasers: Releasers,
): Promise<{ redisServer: RedisServer; s3: S3Server; simulator: DashScopeSimulator | undefined }> {
  const { dir, real, ports = {}, dialect = 'aws', sources } = options
  const redisServer = await onPort(
    ports.redis,
    'REDIS_PORT',
    startRedis({
      ...(dir && { dir: join(dir, 'redis') }),
      ...(ports.redis && { port: ports.redis }),
    }),
  )
  releasers.push(() => redisServer.stop())
  const s3 = await onPort(
    ports.s3,
    'S3_PORT',
    startS3({
      ...keys,
      buckets: [{ name: bucket, dialect }, ...(sources === undefined ? [] : [sources])],
      ...(dir && { dir: join(dir, 's3') }),
      ...(ports.s3 && { port: ports.s3 }),
    }),
  )
  releasers.push(() => s3.stop())
  if (real !== undefined) return { redisServer, s3, simulator: undefined }
  const simulator = await onPort(ports.dashscope, 'DASHSCOPE_PORT', startSimulator(options))
  releasers.push(() => simulator.stop())
  return { redisServer, s3, simulator }
}

/** A worker that may be stopped early, and is stopped with the world at the latest. */
async function startStoppable(
  env: Record<string, string>,
  overrides: WorkerOverrides,
  releasers: Releasers,
): Promise<RunningWorker> {
  const worker = await startWorker(readConfig(env), overrides)
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= worker.stop())
  releasers.push(stop)
  return { stop }
}

const startSimulator = ({ dir, ports = {}, dashscope = {}, speed = defaultSpeed }: WorldOptions) =>
  startDashScope({
    speed,
    // whoever copies counts real hours: addresses that live shorter would be taken for dying ones
    urlLifetimeMs: 24 * 3600_000 * speed,
    ...(dir && { dir: join(dir, 'dashscope') }),
    ...(ports.dashscope && { port: ports.dashscope }),
    ...dashscope,
  })

const workerEnv = (
  { real, dialect = 'aws', sources }: WorldOptions,
  s3: S3Server,
  simulator: DashScopeSimulator | undefined,
) => ({
  ...bucketEnv(s3, dialect),
  ...(simulator === undefined ? realEnv(real) : simulatedEnv(simulator)),
  ...(sources && { RESTYLE_SOURCE_BUCKETS: sources }),
})

/** How a bucket of that store is reached and asked to create once; see docs/buckets.md. */
const bucketEnv = (s3: S3Server, dialect: Dialect) => ({
  S3_ENDPOINT: dialects[dialect].pathStyle ? s3.url : s3.hostUrl,
  S3_FORCE_PATH_STYLE: String(dialects[dialect].pathStyle),
  S3_CREATE_ONCE: createOnceOf[dialect],
  S3_BUCKET: bucket,
  S3_ACCESS_KEY_ID: keys.accessKeyId,
  S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
})

const createOnceOf: Record<Dialect, CreateOnce> = {
  aws: 'if-none-match',
  r2: 'if-none-match',
  ibm: 'ibm',
  oss: 'oss',
  cos: 'cos',
  b2: 'off',
  gcs: 'off',
}

const simulatedEnv = (simulator: DashScopeSimulator) => ({
  DASHSCOPE_API_KEY: 'sk-sandbox',
  DASHSCOPE_BASE_URL: simulator.url,
  RESTYLE_SETTLE_MS: '2000',
})

/** The vendor cannot reach a bucket on this machine: pictures go through its own temporary store. */
const realEnv = (real: WorldOptions['real']) => ({
  DASHSCOPE_API_KEY: real?.apiKey ?? '',
  ...(real?.baseUrl && { DASHSCOPE_BASE_URL: real.baseUrl }),
  RESTYLE_SOURCE_DELIVERY: 'upload',
})

const isThisMachine = (address: string): boolean => address === '127.0.0.1'

/** Of private addresses images come from the simulator's port alone. Its tasks are asked about as often as they are fast. */
const insideParts = (simulator: DashScopeSimulator, speed: number): Partial<WorkerOverrides> => {
  const port = Number(new URL(simulator.origin).port)
  return {
    dispatcher: guardedAgent({ allow: (address, at) => isThisMachine(address) && at === port }),
    delivery: { endpoints: guardedAgent({ allow: isThisMachine }) },
    schedule: {
      firstMs: 8_000 / speed,
      growth: 0.2,
      minMs: Math.max(40, 1_000 / speed),
      maxMs: Math.max(200, 10_000 / speed),
      usualMs: 120_000 / speed,
    },
    sourcePatience: {
      pausesMs: [5_000 / speed, 30_000 / speed, 120_000 / speed],
      awayMs: 60_000 / speed,
      mostMs: 24 * 3600_000,
    },
    pace: { everyMs: 1_000, batchSize: 500, againMs: 60_000, auditMs: 60_000 },
  }
}
