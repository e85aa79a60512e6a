import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { installApiKey } from '@restyle/producer/http/api-keys'
import type { Edit } from '@restyle/shared/contract/edit'
import { laneIdOf } from '@restyle/shared/lane-id'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { openQueues, type Queues } from '@restyle/shared/queues'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { readEdit } from '@restyle/shared/rows/read-edits'
import { openRowReader } from '@restyle/shared/rows/read-rows'
import { openStore, type Store } from '@restyle/shared/store/store'
import { StoreError } from '@restyle/shared/store/store-error'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import {
  type DashScopeOptions,
  type DashScopeSimulator,
  startDashScope,
} from '../dashscope/start-dashscope.ts'
import { type Proxy, startProxy } from '../net/tcp-proxy.ts'
import { freePort, type RedisServer, startRedis } from '../redis/start-redis.ts'
import { type S3Server, startS3 } from '../s3/start-s3.ts'
import { type Receiver, startReceiver } from '../webhook/start-receiver.ts'
import type { ProducerOrders } from './producer-process.ts'
import { type RedisLosses, redisLosses } from './redis-losses.ts'
import { openSources, type Sources } from './sources.ts'

/** Secrets that must be seen in no log: nobody else has them. */
export const canaries = {
  dashscope: 'sk-canary-4f1c2a9e7b3d',
  s3: 'canary-secret-access-key-91be',
  producers: ['rk_canary0_6b1f0c8d2e4a4b7c9d0e1f2a3b4c5d6e', 'rk_canary1_0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d'],
  webhook: 'whsec_Y2FuYXJ5OmNhbmFyeTpjYW5hcnk6Y2FuYXJ5OmNhbmFyeTo=',
} as const

/** The tenants that call; each has its own key. */
export const producers = ['north', 'south'] as const

export const model = 'wan2.5-i2i-preview'
const lane = 'chaos'
export const bucket = 'restyle'
/** Where the sources of some edits are: not the bucket of images. */
const photos = 'photos'

const account = { accessKeyId: 'chaos', secretAccessKey: canaries.s3 }

const vendor: DashScopeOptions = {
  speed: 60,
  durations: { medianMs: 25_000, sigma: 0.4 },
  apiKeys: [canaries.dashscope],
  quotas: { [model]: { submitPerSecond: 40, running: 8 } },
  queryPerSecond: 400,
}

/** Deadlines of the workers, scaled down so that a seed takes seconds (ms). */
export const pace = { postMs: 800, receiptMs: 800, settleMs: 1_200 }

/** Everything that is not a worker. The wires lie between the workers and the servers; `producerWire` before the producer's Redis. */
export type Arena = {
  redisServer: RedisServer
  redis: RedisClient
  ledger: Ledger
  /** An edit wherever it is; undefined also while the bucket does not answer. */
  readEdit: (id: string) => Promise<Edit | undefined>
  queues: Queues
  s3: S3Server
  dashscope: DashScopeSimulator
  /** Another account at another address, where the lane is moved at times. */
  elsewhere: DashScopeSimulator
  /** Where the producer listens, whichever process it is. */
  producer: { url: string }
  producerOrders: ProducerOrders
  wires: { redis: Proxy; s3: Proxy; dashscope: Proxy; producer: Proxy; elsewhere: Proxy }
  sources: Sources
  /** Where the events of each producer are sent. */
  receivers: Receiver[]
  workerEnv: Record<string, string>
  /** The lanes of the workers, when they are moved, renamed, or moved and the old one kept. */
  laneEnv: Record<'renamed' | 'moved' | 'both', Record<string, string>>
  /** What is refused for good: tasks, and keys of sources in this seed. `billed`: tasks of which nobody was ever told that they are on the bill. */
  refused: { tasks: Set<string>; billed: Set<string>; sources: RegExp | undefined }
  /** Where workers keep images that the bucket does not take. */
  spillDir: string
  ports: number[]
  resultsPorts: number[]
  stop: () => Promise<void>
} & RedisLosses

type Releasers = (() => Promise<unknown>)[]

/** Starts the servers and the wires in this process. Redis keeps its log under `dir`. */
export async function startArena(dir: string, log: Log): Promise<Arena> {
  const releasers: Releasers = []
  const release = async () => {
    for (const each of releasers.toReversed()) await each()
  }
  try {
    const redisDir = join(dir, 'redis')
    const servers = await startServers(redisDir, releasers)
    const { redisServer, s3, dashscope, elsewhere } = servers
    const photoStore = openStore({ ...account, ...bucketOf(s3), bucket: photos })
    releasers.push(async () => photoStore.close())
    const sources = await openSources(photoStore, photos)
    releasers.push(() => sources.stop())
    const receivers = await startReceivers(releasers)
    const resultsPorts = [dashscope, elsewhere].map(({ origin }) => portOf(origin))
    const spillDir = join(dir, 'spill')
    await mkdir(spillDir, { recursive: true })
    const wires = await layWires(servers, releasers)

    const awayIs = (error: Error) => log.warn({ error: error.message }, 'redis is away')
    const redis = connectRedis(redisServer.url, 'worker', awayIs)
    releasers.push(async () => redis.disconnect())
    const store = openStore({ ...account, ...bucketOf(s3) })
    releasers.push(async () => store.close())
    const ledger = openLedger(redis, defaultPrefix)
    for (const [i, name] of producers.entries())
      await installApiKey(redis, defaultPrefix, name, canaries.producers[i] ?? '')
    const port = await freePort()
    const producerOrders: ProducerOrders = {
      redisUrl: wires.producer.url('redis'),
      port,
      store: { ...account, ...bucketOf(s3), requestTimeoutMs: 5_000 },
      allowHosts: [sources.host],
    }
    const queues = openQueues(redis, defaultPrefix, () => {})
    releasers.push(() => queues.close())

    return {
      ...servers,
      redis,
      ledger,
      readEdit: readerOf(ledger, store),
      queues,
      producer: { url: `http://127.0.0.1:${port}` },
      producerOrders,
      wires,
      resultsPorts,
      sources,
      receivers,
      workerEnv: { ...envThrough(wires), RESTYLE_SPILL_DIR: spillDir },
      laneEnv: laneEnv(wires),
      refused: { tasks: new Set(), billed: new Set(), sources: undefined },
      spillDir,
      ports: portsOf(wires).concat(resultsPorts, endpointsOf(receivers)),
      ...redisLosses(redisServer, redis, redisDir, dir),
      stop: release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

function readerOf(ledger: Ledger, store: Store): Arena['readEdit'] {
  const rows = openRowReader(store)
  return (id) =>
    readEdit(id, { ledger, rows }).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error
      return undefined
    })
}

/** What workers may speak to, besides where results and endpoints are. */
const portsOf = ({ redis, s3, dashscope, elsewhere }: Arena['wires']): number[] =>
  [redis, s3, dashscope, elsewhere].map(({ port }) => port)

export const endpointsOf = (receivers: readonly Receiver[]): number[] => receivers.map(({ port }) => port)

/** An endpoint for each producer. */
async function startReceivers(releasers: Releasers): Promise<Receiver[]> {
  const receivers = await Promise.all(producers.map(() => startReceiver()))
  for (const receiver of receivers) releasers.push(() => receiver.stop())
  return receivers
}

const portOf = (url: string): number => Number(new URL(url).port)

type Servers = Pick<Arena, 'redisServer' | 's3' | 'dashscope' | 'elsewhere'>

async function startServers(redisDir: string, releasers: Releasers): Promise<Servers> {
  const redisServer = await startRedis({ dir: redisDir })
  releasers.push(() => redisServer.stop())
  const s3 = await startS3({ ...account, buckets: [bucket, photos] })
  releasers.push(() => s3.stop())
  const dashscope = await startDashScope(vendor)
  releasers.push(() => dashscope.stop())
  const elsewhere = await startDashScope(vendor)
  releasers.push(() => elsewhere.stop())
  return { redisServer, s3, dashscope, elsewhere }
}

async function layWires(
  { redisServer, s3, dashscope, elsewhere }: Servers,
  releasers: Releasers,
): Promise<Arena['wires']> {
  return {
    redis: await wireTo(redisServer.port, releasers),
    producer: await wireTo(redisServer.port, releasers),
    s3: await wireTo(portOf(s3.url), releasers),
    dashscope: await wireTo(portOf(dashscope.origin), releasers),
    elsewhere: await wireTo(portOf(elsewhere.origin), releasers),
  }
}

async function wireTo(port: number, releasers: Releasers): Promise<Proxy> {
  const proxy = await startProxy({ target: { host: '127.0.0.1', port } })
  releasers.push(() => proxy.stop())
  return proxy
}

const bucketOf = ({ url }: S3Server) => ({
  endpoint: url,
  region: 'us-east-1',
  bucket,
  forcePathStyle: true,
})

/** What the lane is to the ledger, whatever it is called, and what it is where it leads elsewhere. */
export const laneIdsIn = ({ wires }: Pick<Arena, 'wires'>): string[] => [
  laneIdOf({ baseUrl: baseUrlOf(wires.dashscope), account: 'default' }, model),
  laneIdOf({ baseUrl: baseUrlOf(wires.elsewhere), account: elsewhereAccount }, model),
]

const baseUrlOf = (wire: Proxy): string => `${wire.url()}/api/v1`
const elsewhereAccount = 'elsewhere'

/** The environment of workers that reach every server through its wire. */
const envThrough = (wires: Arena['wires']): Record<string, string> => ({
  REDIS_URL: wires.redis.url('redis'),
  S3_ENDPOINT: wires.s3.url(),
  S3_BUCKET: bucket,
  S3_ACCESS_KEY_ID: account.accessKeyId,
  S3_SECRET_ACCESS_KEY: account.secretAccessKey,
  S3_FORCE_PATH_STYLE: 'true',
  DASHSCOPE_API_KEY: canaries.dashscope,
  DASHSCOPE_BASE_URL: baseUrlOf(wires.dashscope),
  RESTYLE_LANES: JSON.stringify([laneCalled(lane)]),
  RESTYLE_SOURCE_BUCKETS: photos,
  RESTYLE_SOURCE_DELIVERY: 'inline',
  // an image that the bucket does not take some moments after its task ended goes to the disk
  RESTYLE_SPILL_BEFORE_MS: String((24 * 3_600_000) / (vendor.speed ?? 1) - 1_000),
  RESTYLE_POST_DEADLINE_MS: String(pace.postMs),
  RESTYLE_RECEIPT_DEADLINE_MS: String(pace.receiptMs),
  RESTYLE_SETTLE_MS: String(pace.settleMs),
  // a second: what ends early in a seed is folded in it
  RESTYLE_KEEP_DAYS: String(1 / (24 * 3600)),
  LOG_LEVEL: 'debug',
})

const laneCalled = (name: string) => ({ name, model, submitPerSecond: 20, running: 8, queryPerSecond: 100 })

/** The same key, but another account at another address: its tasks are in no list of the first. */
const laneEnv = ({ elsewhere }: Arena['wires']): Arena['laneEnv'] => {
  const of = (...some: object[]) => ({ RESTYLE_LANES: JSON.stringify(some) })
  const away = { account: elsewhereAccount, baseUrl: baseUrlOf(elsewhere) }
  return {
    renamed: of(laneCalled('chaos-renamed')),
    moved: of({ ...laneCalled('chaos-moved'), ...away }),
    both: of(laneCalled(lane), { ...laneCalled('chaos-moved'), ...away }),
  }
}
