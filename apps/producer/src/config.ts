import { type ProxySettings, readProxies } from '@restyle/shared/net/proxy-settings'
import type { TrustedRange } from '@restyle/shared/net/trusted-ranges'
import {
  faultsOfSourceBuckets,
  type SourceBucket,
  sourceBucketsEnv,
} from '@restyle/shared/store/source-buckets'
import { faultsOfStore } from '@restyle/shared/store/store-env'
import { port, readEnv, wholeNumber } from '@restyle/shared/read-env'
import { sharedEnv } from '@restyle/shared/shared-env'
import { storeOptions, type StoreOptions } from '@restyle/shared/store/store-options'
import { z } from 'zod'
import { accessLogs } from './http/access-log.ts'
import { readOrigins, readProxyAddresses } from './http/http-settings.ts'
import type { HttpOptions } from './http/open-server.ts'

const ProducerEnv = z.object({
  ...sharedEnv,
  HOST: z.string().default('127.0.0.1'),
  PORT: port(8080),
  RESTYLE_ACCESS_LOG: z.enum(accessLogs).default('all'),
  RESTYLE_REQUESTS_PER_MINUTE: wholeNumber(0).default(60_000),
  RESTYLE_CORS_ORIGINS: z.string().default('').transform(readOrigins),
  RESTYLE_TRUST_PROXIES: z.string().default('').transform(readProxyAddresses),
  RESTYLE_CONSOLE_DIR: z.string().min(1).optional(),
  RESTYLE_DIRECT_CONCURRENCY: z.coerce.number().int().min(0).max(100).default(4),
  ...sourceBucketsEnv,
})

/** The producer's settings. */
export type Config = {
  host: string
  /** 0 takes any free port. */
  port: number
  http: Partial<HttpOptions>
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
  /** Where the console was built into; absent: where `pnpm console:build` does. */
  consoleDir: string | undefined
  /** Jobs of the intake queue that are taken at a time; 0: that queue is left alone. */
  directConcurrency: number
  logLevel: string
}

/** Reads the environment. Throws `BadConfiguration` with every fault of it. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const read = readEnv(ProducerEnv, env, (each) => [...faultsOfStore(each), ...faultsOfSourceBuckets(each)])
  return {
    host: read.HOST,
    port: read.PORT,
    http: {
      accessLog: read.RESTYLE_ACCESS_LOG,
      rate: read.RESTYLE_REQUESTS_PER_MINUTE,
      origins: read.RESTYLE_CORS_ORIGINS,
      proxies: read.RESTYLE_TRUST_PROXIES,
    },
    redisUrl: read.REDIS_URL,
    prefix: read.RESTYLE_PREFIX,
    // a caller waits for the answer: fail early and let it send again
    store: { ...storeOptions(read), requestTimeoutMs: 5_000 },
    sourceBuckets: read.RESTYLE_SOURCE_BUCKETS,
    webhookRanges: read.RESTYLE_WEBHOOK_RANGES,
    bucketOptions: (bucket) => storeOptions(read, bucket),
    proxies: readProxies(env).proxies,
    consoleDir: read.RESTYLE_CONSOLE_DIR,
    directConcurrency: read.RESTYLE_DIRECT_CONCURRENCY,
    logLevel: read.LOG_LEVEL,
  }
}
