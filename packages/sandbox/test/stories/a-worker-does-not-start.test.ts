import { createLog } from '@restyle/shared/log'
import { readConfig } from '@restyle/worker/config'
import { startWorker } from '@restyle/worker/start'
import { Redis } from 'ioredis'
import { Agent } from 'undici'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type S3Server, startS3 } from '../../src/s3/start-s3.ts'
import { until } from './story.ts'

const keys = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }

describe('a worker', () => {
  let s3: S3Server
  let redis: RedisServer | undefined
  beforeEach(async () => {
    const others = [
      { name: 'aliyun', dialect: 'oss' },
      { name: 'backblaze', dialect: 'b2' },
    ] as const
    s3 = await startS3({ ...keys, buckets: ['restyle', ...others] })
  })
  afterEach(async () => {
    await redis?.stop()
    await s3.stop()
  })

  const start = (env: Record<string, string | undefined> = {}, dispatcher = new Agent()) =>
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
      { log: createLog('silent'), dispatcher },
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

  it('does not start on a bucket that overwrites, unless it is told that nothing is created once', async () => {
    redis = await startRedis()
    const overwrite = {
      operation: 'PutObject',
      key: /probe/,
      times: Infinity,
      do: 'ignore-conditions',
    } as const
    s3.faults.add(overwrite)
    await expect(start()).rejects.toMatchObject({
      code: 'NotFitToStart',
      message: expect.stringMatching(
        /create once: the bucket ignores if-none-match: \* and overwrites/,
      ) as string,
    })
    const worker = await start({ S3_CREATE_ONCE: 'off' })
    await worker.stop()
  })

  it.each<[string, Record<string, string>, RegExp]>([
    ['that refuses conditions', { S3_BUCKET: 'backblaze' }, /NotImplemented, "A header .*set S3_CREATE_ONCE/],
    [
      'with a wrong key',
      { S3_ACCESS_KEY_ID: 'AKNOBODY' },
      /does not exist in our records\.": correct S3_ACCESS/,
    ],
    ['with a wrong secret', { S3_SECRET_ACCESS_KEY: 'wrong' }, /SignatureDoesNotMatch.*S3_SECRET_ACCESS_KEY/],
    ['in a wrong region', { S3_REGION: 'eu-west-1' }, /expecting 'us-east-1'": set S3_REGION/],
    [
      'of a wrong name',
      { S3_BUCKET: 'nowhere' },
      /NoSuchBucket.*make the bucket nowhere, or correct S3_BUCKET/,
    ],
  ])('does not start on a bucket %s, and says what to change', async (_what, env, says) => {
    redis = await startRedis()
    await expect(start(env)).rejects.toMatchObject({
      code: 'NotFitToStart',
      message: expect.stringMatching(says) as string,
    })
  })

  it('starts on a bucket of OSS that it reaches by host and asks in its own way', async () => {
    redis = await startRedis()
    const byHost = { S3_ENDPOINT: s3.hostUrl, S3_FORCE_PATH_STYLE: 'false', S3_BUCKET: 'aliyun' }
    await expect(start(byHost)).rejects.toMatchObject({ code: 'NotFitToStart' })
    await expect(
      start({ ...byHost, S3_CREATE_ONCE: 'oss' }).then((worker) => worker.stop()),
    ).resolves.toBeUndefined()
  })

  it('does not start on the bucket of another installation', async () => {
    redis = await startRedis()
    await (await start()).stop()
    await expect(start({ RESTYLE_PREFIX: '{staging}' })).rejects.toMatchObject({
      message: expect.stringMatching(
        /belongs to the installation with RESTYLE_PREFIX=\{restyle\}, and this one has \{staging\}: give this one a bucket of its own/,
      ) as string,
    })
    await (await start()).stop()
  })

  it('does not start on an address of the vendor that serves no tasks', async () => {
    redis = await startRedis()
    const address = { DASHSCOPE_BASE_URL: 'https://dashscope.aliyuncs.com/compatible-mode/v1' }
    await expect(start(address)).rejects.toMatchObject({
      code: 'NotFitToStart',
      message: expect.stringContaining('write https://dashscope.aliyuncs.com/api/v1') as string,
    })
  })

  it('starts while the bucket is away, since edits can wait', async () => {
    redis = await startRedis()
    s3.faults.down(true, 'unavailable')
    await expect(start().then((worker) => worker.stop())).resolves.toBeUndefined()
  })

  describe('whose start fails half-way', () => {
    let observer: Redis
    let dispatcher: Agent
    beforeEach(async () => {
      // may do anything but listen to what is announced
      redis = await startRedis({ extra: ['user worker on >secret ~* +@all resetchannels'] })
      observer = new Redis(redis.url)
      dispatcher = new Agent()
    })
    afterEach(() => observer.quit())

    it.each([
      [
        'a right that is missing',
        () => ({ REDIS_URL: redis?.url.replace('//', '//worker:secret@') }),
        'may not use',
      ],
      ['a lane that is wrong', () => ({ RESTYLE_LANES: '[{"name":"one","model":"none"}]' }), 'no model none'],
    ])('for %s leaves nothing open', async (_, env, said) => {
      await expect(start(env(), dispatcher)).rejects.toThrow(said)
      const others = async () =>
        String(await observer.client('LIST'))
          .trim()
          .split('\n').length - 1
      await until(async () => (await others()) === 0)
      expect(dispatcher.closed).toBe(true)
    })
  })
})
