import { EditView } from '@restyle/shared/contract/edit'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { type Ledger, openLedger } from '@restyle/shared/ledger/ledger'
import { createLog, type Log } from '@restyle/shared/log'
import { guardedAgent } from '@restyle/shared/net/guarded-agent'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { openStore } from '@restyle/shared/store/store'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { startProducer } from '@restyle/producer/start'
import { readConfig } from '@restyle/worker/config'
import { startWorker } from '@restyle/worker/start'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { Agent, fetch } from 'undici'
import { type DashScopeSimulator, startDashScope } from '../../src/dashscope/start-dashscope.ts'
import { type S3Server, startS3 } from '../../src/s3/start-s3.ts'
import { draw, sha256 } from '../stories/story.ts'

const account = { accessKeyId: 'test', secretAccessKey: 'test-secret' }
const apiKey = 'rk_local_0123456789abcdef0123456789abcdef'
const speed = 400

/** A producer and two workers over a Redis that the test breaks. */
export type Installation = {
  dashscope: DashScopeSimulator
  s3: S3Server
  ledger: Ledger
  redis: RedisClient
  /** Asks for an edit under this Idempotency-Key, until an answer comes; gives its id. */
  enqueue(key: string): Promise<string>
  /** Makes the producer's key known, again where Redis lost it. */
  installKey(): Promise<void>
  stop(): Promise<void>
}

/** `redisUrl` as REDIS_URL takes it. Tasks take about a second. */
export async function openInstallation(
  redisUrl: string,
  log: Log = createLog('silent'),
): Promise<Installation> {
  const s3 = await startS3({ ...account, buckets: ['restyle'] })
  const dashscope = await startDashScope({ speed, durations: { medianMs: 400_000, sigma: 0.2 } })
  const redis = connectRedis(redisUrl, 'worker', () => {})
  const store = openStore({
    ...account,
    endpoint: s3.url,
    region: 'us-east-1',
    bucket: 'restyle',
    forcePathStyle: true,
  })
  const ledger = openLedger(redis, defaultPrefix)
  const installKey = () => installApiKey(redis, defaultPrefix, 'local', apiKey)
  await installKey()
  const config = { host: '127.0.0.1', port: 0, prefix: defaultPrefix }
  const producer = await startProducer({ config, redis, store, log })
  const port = Number(new URL(dashscope.origin).port)
  const start = () =>
    startWorker(
      readConfig({
        REDIS_URL: redisUrl,
        S3_ENDPOINT: s3.url,
        S3_BUCKET: 'restyle',
        S3_ACCESS_KEY_ID: account.accessKeyId,
        S3_SECRET_ACCESS_KEY: account.secretAccessKey,
        S3_FORCE_PATH_STYLE: 'true',
        DASHSCOPE_API_KEY: 'sk-sandbox',
        DASHSCOPE_BASE_URL: dashscope.url,
        RESTYLE_SETTLE_MS: '2000',
      }),
      {
        log,
        dispatcher: guardedAgent({ allow: (address, at) => address === '127.0.0.1' && at === port }),
        schedule: { firstMs: 100, growth: 0.08, minMs: 50, maxMs: 200, usualMs: 1_000 },
        pace: { everyMs: 500, batchSize: 500, againMs: 5_000, auditMs: 60_000 },
        stalling: { lockMs: 2_000, checkMs: 1_000 },
      },
    )
  const workers = [await start(), await start()]

  const dispatcher = new Agent()
  const authorization = `Bearer ${apiKey}`
  const picture = await draw(20)
  await fetch(`${producer.url}/v1/sources/${sha256(picture)}`, {
    method: 'PUT',
    dispatcher,
    headers: { authorization, 'content-type': 'application/octet-stream' },
    body: Buffer.from(picture),
  })

  return {
    dashscope,
    s3,
    ledger,
    redis,
    installKey,
    enqueue: async (key) => {
      const body = JSON.stringify({
        prompt: `on table ${key}`,
        size: '768*768',
        images: [`sha256:${sha256(picture)}`],
      })
      const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': key }
      for (;;) {
        const answer = await fetch(`${producer.url}/v1/edits`, { method: 'POST', dispatcher, headers, body })
        const json = await answer.json()
        if (answer.status === 202 || answer.status === 200) return EditView.parse(json).id
        const isLater = answer.status >= 500 || answer.headers.has('retry-after')
        if (!isLater) throw new Error(`${answer.status}: ${JSON.stringify(json)}`)
      }
    },
    stop: async () => {
      await dispatcher.destroy()
      await Promise.all(workers.map((worker) => worker.stop()))
      await producer.stop()
      store.close()
      redis.disconnect()
      await dashscope.stop()
      await s3.stop()
    },
  }
}
