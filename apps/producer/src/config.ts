import { port, readEnv, sharedEnv } from '@restyle/shared/read-env'
import type { StoreOptions } from '@restyle/shared/store/store'
import { z } from 'zod'

const ProducerEnv = z.object({
  ...sharedEnv,
  HOST: z.string().default('127.0.0.1'),
  PORT: port(8080),
})

/** What the producer needs to know of its surroundings. */
export type Config = {
  host: string
  /** 0 takes any free one. */
  port: number
  redisUrl: string
  prefix: string
  store: StoreOptions
  logLevel: string
}

/** Reads the environment; every fault of it is told at once. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const read = readEnv(ProducerEnv, env)
  return {
    host: read.HOST,
    port: read.PORT,
    redisUrl: read.REDIS_URL,
    prefix: read.RESTYLE_PREFIX,
    store: {
      region: read.S3_REGION,
      bucket: read.S3_BUCKET,
      forcePathStyle: read.S3_FORCE_PATH_STYLE,
      ...(read.S3_ENDPOINT === undefined ? {} : { endpoint: read.S3_ENDPOINT }),
      ...(read.S3_ACCESS_KEY_ID === undefined ? {} : { accessKeyId: read.S3_ACCESS_KEY_ID }),
      ...(read.S3_SECRET_ACCESS_KEY === undefined ? {} : { secretAccessKey: read.S3_SECRET_ACCESS_KEY }),
      // a caller waits for the answer: rather tell it to come again
      requestTimeoutMs: 5_000,
    },
    logLevel: read.LOG_LEVEL,
  }
}
