import { mkdir } from 'node:fs/promises'
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
import { openStore, type Store } from '@restyle/shared/store/store'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import sharp from 'sharp'
import {
  type DashScopeOptions,
  type DashScopeSimulator,
  startDashScope,
} from '../dashscope/start-dashscope.ts'
import { sha256Of, withText } from '../dashscope/origin.ts'
import { shortImage } from '../dashscope/short-image.ts'
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

/** Begins the key of every source in a bucket; a result's never does. */
export const sourcePrefix = 'source-'

/** Deadlines of the workers, scaled down so that a seed takes seconds (ms). */
export const pace = { postMs: 800, receiptMs: 800, settleMs: 1_200 }

/** A picture that one edit and no other is made from. */
export type Source = { address: string; sha256: string }

/** Everything that is not a worker. The wires lie between the workers and the servers; `producerWire` before the producer's Redis. */
export type Arena = {
  redisServer: RedisServer
  redis: RedisClient
  ledger: Ledger
  queues: Queues
  s3: S3Server
  dashscope: DashScopeSimulator
  /** Another account at another address, where the lane is moved at times. */
  elsewhere: DashScopeSimulator
  producer: Producer
  /** The bucket of images, by no wire. */
  store: Store
  wires: { redis: Proxy; s3: Proxy; dashscope: Proxy; producer: Proxy; elsewhere: Proxy }
  /** Makes a picture for one edit, on the web or in a bucket, so that the simulator's tasks tell whose they are. */
  makeSource: (name: string, place: 'web' | 'bucket') => Promise<Source>
  /** The address of a picture that was sent inline, as the simulator remembers it; other addresses as they are. */
  sourceOf: (image: string) => string
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
    const s3 = await startS3({ ...account, buckets: [bucket, photos] })
    releasers.push(() => s3.stop())
    const dashscope = await startDashScope(vendor)
    releasers.push(() => dashscope.stop())
    const elsewhere = await startDashScope(vendor)
    releasers.push(() => elsewhere.stop())
    const picture = await drawPicture()
    const pictureHost = await servePictures(picture, releasers)
    const resultsPorts = [dashscope, elsewhere].map(({ origin }) => Number(new URL(origin).port))
    const [resultsPort = 0, elsewherePort = 0] = resultsPorts
    const inBucket = new Map<string, string>()
    const spillDir = join(dir, 'spill')
    await mkdir(spillDir, { recursive: true })
    const wires = {
      redis: await wireTo(redisServer.port, releasers),
      producer: await wireTo(redisServer.port, releasers),
      s3: await wireTo(Number(new URL(s3.url).port), releasers),
      dashscope: await wireTo(resultsPort, releasers),
      elsewhere: await wireTo(elsewherePort, releasers),
    }

    const awayIs = (error: Error) => log.warn({ error: error.message }, 'redis is away')
    const redis = connectRedis(redisServer.url, 'worker', awayIs)
    releasers.push(async () => redis.disconnect())
    const producerRedis = connectRedis(wires.producer.url('redis'), 'producer', awayIs)
    releasers.push(async () => producerRedis.disconnect())
    const store = openStore({ ...account, ...bucketOf(s3) })
    releasers.push(async () => store.close())
    const photoStore = openStore({ ...account, ...bucketOf(s3), bucket: photos })
    releasers.push(async () => photoStore.close())
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
      elsewhere,
      producer,
      store,
      wires,
      resultsPorts,
      makeSource: async (name, place) => {
        const bytes = picture(`${name}.png`)
        const sha256 = sha256Of(bytes)
        if (place === 'web') return { address: `http://${pictureHost}/${name}.png`, sha256 }
        const key = `${sourcePrefix}${name}.png`
        await photoStore.putIfAbsent(key, bytes, { contentType: 'image/png', sha256 })
        const address = `s3://${photos}/${key}`
        inBucket.set(shortImage(`data:image/png;base64,${bytes.toString('base64')}`), address)
        return { address, sha256 }
      },
      sourceOf: (image) => inBucket.get(image) ?? image,
      workerEnv: { ...envThrough(wires), RESTYLE_SPILL_DIR: spillDir },
      laneEnv: laneEnv(wires),
      refused: { tasks: new Set(), billed: new Set(), sources: undefined },
      spillDir,
      ports: [wires.redis, wires.s3, wires.dashscope, wires.elsewhere]
        .map(({ port }) => port)
        .concat(resultsPorts),
      ...redisLosses(redisServer, redis, redisDir, dir),
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

/** Draws one picture, and gives it a name of its own among its bytes. */
async function drawPicture(): Promise<(name: string) => Buffer> {
  const drawn = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#c84' } })
    .png()
    .toBuffer()
  return (name) => withText(drawn, 'name', name)
}

/** Serves a picture under every address. Gives the host and its port. */
async function servePictures(picture: (name: string) => Buffer, releasers: Releasers): Promise<string> {
  const server = createServer(({ url = '/' }, response) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(picture(url.slice(1))),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  releasers.push(async () => {
    server.close()
    server.closeAllConnections()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
