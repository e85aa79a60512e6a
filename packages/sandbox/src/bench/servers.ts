import { z } from 'zod'
import { type RedisServer, startRedis } from '../redis/start-redis.ts'
import { keys } from './bench-settings.ts'
import { startChild } from './child.ts'

/** What the measured process talks to, each in a process of its own. */
export type Servers = {
  /** Base of the simulator's API, `…/api/v1`. */
  dashscopeUrl: string
  s3Url: string
  redis: RedisServer
  /** What a worker's environment says about them; the bucket is still to be named. */
  env: Record<string, string>
  stop(): Promise<void>
}

/** Starts an instant simulator, these buckets in memory and a Redis with its append-only file on. */
export async function startServers(buckets: string[]): Promise<Servers> {
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const each of stops.toReversed()) await each()
  }
  const start = async (...what: string[]) => {
    const child = await startChild('server-process.ts', what)
    stops.push(() => child.stop())
    return z.url().parse(child.ready)
  }
  try {
    const redis = await startRedis()
    stops.push(() => redis.stop())
    const dashscopeUrl = await start('dashscope')
    const s3Url = await start('s3', ...buckets)
    const env = {
      REDIS_URL: redis.url,
      S3_ENDPOINT: s3Url,
      S3_ACCESS_KEY_ID: keys.accessKeyId,
      S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
      DASHSCOPE_API_KEY: 'sk-sandbox',
      DASHSCOPE_BASE_URL: dashscopeUrl,
    }
    return { dashscopeUrl, s3Url, redis, env, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
