import { compileCache } from '../runner/compile-cache.ts'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type S3Server, startS3 } from '../../src/s3/start-s3.ts'
import { until } from '../stories/story.ts'

const main = fileURLToPath(new URL('../../../../apps/worker/src/main.ts', import.meta.url))
const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }

let redis: RedisServer
let s3: S3Server
beforeEach(async () => {
  redis = await startRedis()
  s3 = await startS3({ ...credentials, buckets: ['restyle'] })
})
afterEach(async () => {
  redis.resume()
  await redis.stop()
  await s3.stop()
})

async function start() {
  const env = {
    ...compileCache,
    REDIS_URL: redis.url,
    S3_ENDPOINT: s3.url,
    S3_BUCKET: 'restyle',
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    S3_FORCE_PATH_STYLE: 'true',
    DASHSCOPE_API_KEY: 'sk-sandbox',
    DASHSCOPE_BASE_URL: 'http://127.0.0.1:9/api/v1',
  }
  const child = spawn(process.execPath, [main], { env })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const exit = once(child, 'exit')
  await until(
    () => said.includes('bucket can be relied on') || said.includes('worker started'),
    20_000,
    () => said,
  )
  await until(() => said.includes('worker started'))
  return { child, exit }
}

describe('a worker that is told to stop', () => {
  it.each(['gone', 'silent'])(
    'while its Redis is %s leaves within the minute that it has',
    async (how) => {
      const { child, exit } = await start()
      if (how === 'gone') await redis.kill()
      else redis.suspend()
      const began = performance.now()
      child.kill('SIGTERM')
      await exit
      expect(performance.now() - began).toBeLessThan(40_000)
      if (how === 'gone') await redis.restart()
    },
    90_000,
  )
})
