import { setTimeout } from 'node:timers/promises'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { createLog } from '@restyle/shared/log'
import type { CreateOnce } from '@restyle/shared/store/create-once'
import { claimBucket } from '@restyle/shared/store/installation'
import { openStore, type Store } from '@restyle/shared/store/store'
import { createApiKey } from '@restyle/producer/http/api-keys'
import type { Scope } from '@restyle/producer/http/scopes'
import { type Producer, type ProducerOptions, startProducer } from '@restyle/producer/start'
import { startRedis } from '@restyle/sandbox/redis/start-redis'
import type { BucketSetting } from '@restyle/sandbox/s3/dialects'
import { startS3, type S3Server } from '@restyle/sandbox/s3/start-s3'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { comparedWithDocument } from '../document/compare-answers.ts'

const account = { accessKeyId: 'test', secretAccessKey: 'test-secret' }

/** A producer on its own Redis and bucket, for the tests beside this file. */
export type World = {
  producer: Producer
  server: { redis: Awaited<ReturnType<typeof startRedis>>; s3: S3Server }
  redis: RedisClient
  store: Store
  /** Another bucket of the same server; the caller closes it. */
  openBucket(name: string): Store
  prefix: string
  /** Log lines so far. */
  lines: string[]
  /** Headers with a new key of that producer, by default one without the scope `admin`. */
  keyOf(producer: string, scopes?: readonly Scope[]): Promise<{ authorization: string }>
  /** Looks again and again until it is so. */
  until(look: () => Promise<boolean>, withinMs?: number): Promise<void>
  stop(): Promise<void>
}

type Options = Pick<
  ProducerOptions,
  'allowHosts' | 'consoleDir' | 'endpoints' | 'followers' | 'http' | 'patience'
> & {
  /** Takes jobs of the intake queue, so many at a time. */
  direct?: number
  /** Schedules read their manifests from the bucket `photos`; with these options. */
  schedules?: ProducerOptions['schedules']
  maxmemory?: string
  /** The store opens `images`, whatever this one is called. */
  bucket?: BucketSetting
  createOnce?: CreateOnce
  /** The prefix of an installation that was there before. */
  owner?: string
  /** The bucket is away at the start. */
  away?: boolean
}

export async function openProducer(options: Options = {}): Promise<World> {
  const {
    maxmemory,
    bucket = 'images',
    createOnce = 'if-none-match',
    owner,
    away = false,
    schedules,
    direct: concurrency = 0,
    ...rest
  } = options
  const prefix = '{test}'
  const server = {
    redis: await startRedis({ appendonly: false, ...(maxmemory === undefined ? {} : { maxmemory }) }),
    s3: await startS3({ ...account, buckets: [bucket, ...(schedules === undefined ? [] : ['photos'])] }),
  }
  const redis = connectRedis(server.redis.url, 'producer', () => {})
  const queueRedis = concurrency > 0 ? connectRedis(server.redis.url, 'worker', () => {}) : undefined
  const openBucket = (name: string): Store =>
    openStore({
      ...account,
      endpoint: server.s3.url,
      region: 'us-east-1',
      bucket: name,
      forcePathStyle: true,
      createOnce,
      requestTimeoutMs: 15_000,
    })
  const store = openBucket('images')
  const places = [{ bucket: 'photos', prefix: '', producer: undefined }]
  if (owner !== undefined) await claimBucket(store, redis, owner)
  server.s3.faults.down(away)
  const lines: string[] = []
  const started = await startProducer({
    config: { host: '127.0.0.1', port: 0, prefix },
    redis,
    store,
    log: createLog('info', { write: (line) => void lines.push(line) }),
    ...(queueRedis === undefined ? {} : { direct: { redis: queueRedis, concurrency } }),
    ...(schedules === undefined ? {} : { schedules: { places, openBucket, ...schedules } }),
    ...rest,
  })
  const producer = { ...started, app: comparedWithDocument(started.app) }
  return {
    producer,
    server,
    redis,
    store,
    openBucket,
    prefix,
    lines,
    keyOf: async (name, scopes) => ({
      authorization: `Bearer ${(await createApiKey(redis, prefix, name, scopes)).key}`,
    }),
    until: async (look, withinMs = 15_000) => {
      const deadline = performance.now() + withinMs
      while (!(await look()))
        if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms`)
        else await setTimeout(20)
    },
    async stop() {
      await producer.stop()
      store.close()
      redis.disconnect()
      queueRedis?.disconnect()
      await server.s3.stop()
      await server.redis.stop()
    },
  }
}

/** A request that is fine in every respect. */
export const fine = { prompt: 'on an oak table', images: ['https://cdn.example.com/a.jpg'] }
