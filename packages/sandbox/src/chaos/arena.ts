import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { type Producer, startProducer } from '@restyle/producer/start'
import { laneIdOf } from '@restyle/shared/lane-id'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { openQueues, type Queues } from '@restyle/shared/queues'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { openStore } from '@restyle/shared/store/store'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import sharp from 'sharp'
import {
  type DashScopeOptions,
  type DashScopeSimulator,
  startDashScope,
} from '../dashscope/start-dashscope.ts'
import { type Proxy, startProxy } from '../net/tcp-proxy.ts'
import { type RedisServer, startRedis } from '../redis/start-redis.ts'
import { type S3Server, startS3 } from '../s3/start-s3.ts'
import { type RedisLosses, redisLosses } from './redis-losses.ts'

/** Secrets that must be seen in no log: nobody else has them. */
export const canaries = {
  dashscope: 'sk-canary-4f1c2a9e7b3d',
  s3: 'canary-secret-access-key-91be',
  producers: ['rk_canary0_6b1f0c8d2e4a4b7c9d0e1f2a3b4c5d6e', 'rk_canary1_0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d'],
} as const

/** The tenants that call; each has its own key. */
export const producers = ['north', 'south'] as const

export const model = 'wan2.5-i2i-preview'
const lane = 'chaos'
export const bucket = 'restyle'

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
  queues: Queues
  s3: S3Server
  dashscope: DashScopeSimulator
  producer: Producer
  wires: { redis: Proxy; s3: Proxy; dashscope: Proxy; producer: Proxy }
  /** A picture of its own for each edit, so that the simulator's posts tell whose they are. */
  pictureUrl: (name: string) => string
  workerEnv: Record<string, string>
  ports: number[]
  resultsPort: number
  stop: () => Promise<void>
} & RedisLosses

type Releasers = (() => Promise<unknown>)[]

/** Starts the servers, the wires and the producer in this process. Redis keeps its log under `dir`. */
export async function startArena(dir: string, log: Log): Promise<Arena> {
  const releasers: Releasers = []
  const release = async () => {
    for (const each of releasers.toReversed()) await each()
  }
  try {
    const redisDir = join(dir, 'redis')
    const redisServer = await startRedis({ dir: redisDir })
    releasers.push(() => redisServer.stop())
    const s3 = await startS3({ ...account, buckets: [bucket] })
    releasers.push(() => s3.stop())
    const dashscope = await startDashScope(vendor)
    releasers.push(() => dashscope.stop())
    const pictureHost = await servePicture(releasers)
    const resultsPort = Number(new URL(dashscope.origin).port)
    const wires = {
      redis: await wireTo(redisServer.port, releasers),
      producer: await wireTo(redisServer.port, releasers),
      s3: await wireTo(Number(new URL(s3.url).port), releasers),
      dashscope: await wireTo(resultsPort, releasers),
    }

    const awayIs = (error: Error) => log.warn({ error: error.message }, 'redis is away')
    const redis = connectRedis(redisServer.url, 'worker', awayIs)
    releasers.push(async () => redis.disconnect())
    const producerRedis = connectRedis(wires.producer.url('redis'), 'producer', awayIs)
    releasers.push(async () => producerRedis.disconnect())
    const store = openStore({ ...account, ...bucketOf(s3) })
    releasers.push(async () => store.close())
    const ledger = openLedger(redis, defaultPrefix)
    for (const [i, name] of producers.entries())
      await installApiKey(redis, defaultPrefix, name, canaries.producers[i] ?? '')
    const config = { host: '127.0.0.1', port: 0, prefix: defaultPrefix }
    const allowHosts = [pictureHost]
    const producer = await startProducer({ config, redis: producerRedis, store, log, allowHosts })
    releasers.push(() => producer.stop())
    const queues = openQueues(redis, defaultPrefix, () => {})
    releasers.push(() => queues.close())

    return {
      redisServer,
      redis,
      ledger,
      queues,
      s3,
      dashscope,
      producer,
      wires,
      resultsPort,
      pictureUrl: (name) => `http://${pictureHost}/${name}.png`,
      workerEnv: envThrough(wires),
      ports: [wires.redis.port, wires.s3.port, wires.dashscope.port, resultsPort],
      ...redisLosses(redisServer, redisDir, dir),
      stop: release,
    }
  } catch (error) {
    await release()
    throw error
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

/** What the chaos lane is to the ledger. */
export const laneIdIn = ({ workerEnv }: Arena): string =>
  laneIdOf({ baseUrl: workerEnv['DASHSCOPE_BASE_URL'] ?? '', account: 'default' }, model)

/** The environment of workers that reach every server through its wire. */
const envThrough = (wires: Arena['wires']): Record<string, string> => ({
  REDIS_URL: wires.redis.url('redis'),
  S3_ENDPOINT: wires.s3.url(),
  S3_BUCKET: bucket,
  S3_ACCESS_KEY_ID: account.accessKeyId,
  S3_SECRET_ACCESS_KEY: account.secretAccessKey,
  S3_FORCE_PATH_STYLE: 'true',
  DASHSCOPE_API_KEY: canaries.dashscope,
  DASHSCOPE_BASE_URL: `${wires.dashscope.url()}/api/v1`,
  RESTYLE_LANES: JSON.stringify([
    { name: lane, model, submitPerSecond: 20, running: 8, queryPerSecond: 100 },
  ]),
  RESTYLE_POST_DEADLINE_MS: String(pace.postMs),
  RESTYLE_RECEIPT_DEADLINE_MS: String(pace.receiptMs),
  RESTYLE_SETTLE_MS: String(pace.settleMs),
  LOG_LEVEL: 'debug',
})

/** One picture under every address, for what matters is whose address it is. Gives the host and its port. */
async function servePicture(releasers: Releasers): Promise<string> {
  const picture = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#c84' } })
    .png()
    .toBuffer()
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(picture),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  releasers.push(async () => {
    server.close()
    server.closeAllConnections()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
