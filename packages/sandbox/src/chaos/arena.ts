import { cp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { type Producer, startProducer } from '@restyle/producer/start'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import type { Log } from '@restyle/shared/log'
import { openQueues, type Queues } from '@restyle/shared/queues'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { openStore } from '@restyle/shared/store/store'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import sharp from 'sharp'
import { type DashScopeSimulator, startDashScope } from '../dashscope/start-dashscope.ts'
import { type Proxy, startProxy } from '../net/tcp-proxy.ts'
import { type RedisServer, startRedis } from '../redis/start-redis.ts'
import { type S3Server, startS3 } from '../s3/start-s3.ts'

/** Secrets that must be seen in no log: nobody else has them. */
export const canaries = {
  dashscope: 'sk-canary-4f1c2a9e7b3d',
  s3: 'canary-secret-access-key-91be',
  producers: ['rk_canary0_6b1f0c8d2e4a4b7c9d0e1f2a3b4c5d6e', 'rk_canary1_0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d'],
} as const

/** The tenants that call; each has its own key. */
export const producers = ['north', 'south'] as const

export const model = 'wan2.5-i2i-preview'
export const lane = 'chaos'
export const bucket = 'restyle'

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
  /** Kills Redis and starts it again after `ms`. */
  crash: (ms: number) => Promise<void>
  /** Keeps a copy of what Redis holds on disk now. */
  snapshot: () => Promise<void>
  /** Puts that copy back: everything since is forgotten. */
  rewind: () => Promise<void>
  stop: () => Promise<void>
}

/** Starts the servers, the wires and the producer in this process. Redis keeps its log under `dir`. */
export async function startArena(dir: string, log: Log): Promise<Arena> {
  const releasers: (() => Promise<unknown>)[] = []
  const release = async () => {
    for (const each of releasers.toReversed()) await each()
  }
  const wireTo = async (port: number): Promise<Proxy> => {
    const proxy = await startProxy({ target: { host: '127.0.0.1', port } })
    releasers.push(() => proxy.stop())
    return proxy
  }
  try {
    const redisDir = join(dir, 'redis')
    const redisServer = await startRedis({ dir: redisDir })
    releasers.push(() => redisServer.stop())
    const account = { accessKeyId: 'chaos', secretAccessKey: canaries.s3 }
    const s3 = await startS3({ ...account, buckets: [bucket] })
    releasers.push(() => s3.stop())
    const dashscope = await startDashScope({
      speed: 60,
      durations: { medianMs: 25_000, sigma: 0.4 },
      apiKeys: [canaries.dashscope],
      quotas: { [model]: { submitPerSecond: 40, running: 8 } },
      queryPerSecond: 400,
    })
    releasers.push(() => dashscope.stop())
    const pictures = await servePicture()
    releasers.push(async () => {
      pictures.close()
      pictures.closeAllConnections()
    })

    const resultsPort = Number(new URL(dashscope.origin).port)
    const wires = {
      redis: await wireTo(redisServer.port),
      producer: await wireTo(redisServer.port),
      s3: await wireTo(Number(new URL(s3.url).port)),
      dashscope: await wireTo(resultsPort),
    }

    const awayIs = (error: Error) => log.warn({ error: error.message }, 'redis is away')
    const redis = connectRedis(redisServer.url, 'worker', awayIs)
    releasers.push(async () => redis.disconnect())
    const producerRedis = connectRedis(wires.producer.url('redis'), 'producer', awayIs)
    releasers.push(async () => producerRedis.disconnect())
    const store = openStore({
      ...account,
      endpoint: s3.url,
      region: 'us-east-1',
      bucket,
      forcePathStyle: true,
    })
    releasers.push(async () => store.close())
    const ledger = openLedger(redis, defaultPrefix)
    for (const [i, name] of producers.entries())
      await installApiKey(redis, defaultPrefix, name, canaries.producers[i] ?? '')
    const pictureHost = `127.0.0.1:${(pictures.address() as AddressInfo).port}`
    const producer = await startProducer({
      config: { host: '127.0.0.1', port: 0, prefix: defaultPrefix },
      redis: producerRedis,
      store,
      log,
      allowHosts: [pictureHost],
    })
    releasers.push(() => producer.stop())
    const queues = openQueues(redis, defaultPrefix, () => {})
    releasers.push(() => queues.close())

    // what starts and ends Redis, one after the other
    let turn: Promise<unknown> = Promise.resolve()
    const inTurn = (step: () => Promise<void>): Promise<void> => {
      const done = turn.then(step)
      turn = done.catch(() => undefined)
      return done
    }
    const [kept, copy] = [join(redisDir, 'appendonlydir'), join(dir, 'appendonlydir.copy')]
    return {
      redisServer,
      redis,
      ledger,
      queues,
      s3,
      dashscope,
      producer,
      wires,
      pictureUrl: (name) => `http://${pictureHost}/${name}.png`,
      workerEnv: {
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
      },
      ports: [wires.redis.port, wires.s3.port, wires.dashscope.port, resultsPort],
      resultsPort,
      crash: (ms) =>
        inTurn(async () => {
          await redisServer.kill()
          await sleep(ms)
          await redisServer.restart()
        }),
      snapshot: () =>
        inTurn(async () => {
          await rm(copy, { recursive: true, force: true })
          await cp(kept, copy, { recursive: true })
        }),
      rewind: () =>
        inTurn(async () => {
          await redisServer.kill()
          await rm(kept, { recursive: true })
          await cp(copy, kept, { recursive: true })
          await redisServer.restart()
        }),
      stop: release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** One picture under every address: what matters is whose address it is. */
async function servePicture(): Promise<Server> {
  const picture = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#c84' } })
    .png()
    .toBuffer()
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(picture),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
