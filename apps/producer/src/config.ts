import { type ProxySettings, readProxies } from '@restyle/shared/net/proxy-settings'
import type { TrustedRange } from '@restyle/shared/net/trusted-ranges'
import {
  faultsOfSourceBuckets,
  type SourceBucket,
  sourceBucketsEnv,
} from '@restyle/shared/store/source-buckets'
import { faultsOfStore } from '@restyle/shared/store/store-env'
import { port, readEnv } from '@restyle/shared/read-env'
import { sharedEnv } from '@restyle/shared/shared-env'
import { storeOptions, type StoreOptions } from '@restyle/shared/store/store-options'
import { z } from 'zod'

const ProducerEnv = z.object({
  ...sharedEnv,
  HOST: z.string().default('127.0.0.1'),
  PORT: port(8080),
  ...sourceBucketsEnv,
})

/** The producer's settings. */
export type Config = {
  host: string
  /** 0 takes any free port. */
  port: number
  redisUrl: string
  prefix: string
  store: StoreOptions
  /** What the manifests of schedules may name. */
  sourceBuckets: readonly SourceBucket[]
  /** Where webhooks may be sent although it is not public. */
  webhookRanges: readonly TrustedRange[]
  /** How another bucket of the same server is reached. */
  bucketOptions: (bucket: string) => StoreOptions
  proxies: ProxySettings
  logLevel: string
}

/** Reads the environment. Throws `BadConfiguration` with every fault of it. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const read = readEnv(ProducerEnv, env, (each) => [...faultsOfStore(each), ...faultsOfSourceBuckets(each)])
  return {
    host: read.HOST,
    port: read.PORT,
    redisUrl: read.REDIS_URL,
    prefix: read.RESTYLE_PREFIX,
    // a caller waits for the answer: fail early and let it send again
    store: { ...storeOptions(read), requestTimeoutMs: 5_000 },
    sourceBuckets: read.RESTYLE_SOURCE_BUCKETS,
    webhookRanges: read.RESTYLE_WEBHOOK_RANGES,
    bucketOptions: (bucket) => storeOptions(read, bucket),
    proxies: readProxies(env).proxies,
    logLevel: read.LOG_LEVEL,
  }
}
