import { createLog } from '@restyle/shared/log'
import { readConfig } from '@restyle/worker/config'
import { startWorker } from '@restyle/worker/start'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type S3Server, startS3 } from '../../src/s3/start-s3.ts'

const keys = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }

describe('a worker', () => {
  let s3: S3Server
  let redis: RedisServer | undefined
  beforeEach(async () => {
    s3 = await startS3({ ...keys, buckets: ['restyle'] })
  })
  afterEach(async () => {
    await redis?.stop()
    await s3.stop()
  })

  const start = (env: Record<string, string> = {}) =>
    startWorker(
      readConfig({
        REDIS_URL: redis?.url,
        S3_ENDPOINT: s3.url,
        S3_BUCKET: 'restyle',
        S3_ACCESS_KEY_ID: keys.accessKeyId,
        S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
        S3_FORCE_PATH_STYLE: 'true',
        DASHSCOPE_API_KEY: 'sk-sandbox',
        DASHSCOPE_BASE_URL: 'http://127.0.0.1:9/api/v1',
        ...env,
      }),
      { log: createLog('silent') },
    )

  it('does not start on a Redis that forgets or evicts, and names both', async () => {
    redis = await startRedis({ appendonly: false, extra: ['maxmemory-policy allkeys-lru'] })
    await expect(start()).rejects.toMatchObject({
      code: 'NotFitToStart',
      message: expect.stringMatching(
        /redis persistence: .*appendonly yes[\s\S]*redis eviction: .*allkeys-lru/,
      ) as string,
    })
  })

  it("starts on such a Redis on its owner's word", async () => {
    redis = await startRedis({ appendonly: false })
    await expect(
      start({ RESTYLE_ALLOW_FORGETFUL_REDIS: 'true' }).then((worker) => worker.stop()),
    ).resolves.toBeUndefined()
  })

  it('does not start on a bucket that overwrites, unless receipts are off', async () => {
    redis = await startRedis()
    const overwrite = {
      operation: 'PutObject',
      key: /probe/,
      times: Infinity,
      do: 'ignore-conditions',
    } as const
    s3.faults.add(overwrite)
    await expect(start()).rejects.toMatchObject({
      message: expect.stringMatching(/conditional PUT/) as string,
    })
    const worker = await start({ RESTYLE_RECEIPTS: 'off' })
    await worker.stop()
  })

  it('starts while the bucket is away, since edits can wait', async () => {
    redis = await startRedis()
    s3.faults.down(true, 'unavailable')
    await expect(start().then((worker) => worker.stop())).resolves.toBeUndefined()
  })
})
