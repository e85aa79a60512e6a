import { compileCache } from '../runner/compile-cache.ts'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createApiKey } from '@restyle/producer/http/api-keys'
import { startRedis } from '@restyle/sandbox/redis/start-redis'
import { startS3, type S3Server } from '@restyle/sandbox/s3/start-s3'
import { idFromKey } from '@restyle/shared/ids'
import { defaultPrefix } from '@restyle/shared/ledger/keys'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { fine } from './open-producer.ts'

const main = fileURLToPath(new URL('../../../../apps/producer/src/main.ts', import.meta.url))

describe('a request whose producer is killed in the middle of it', () => {
  let server: Awaited<ReturnType<typeof startRedis>>
  let redis: RedisClient
  let s3: S3Server
  const children: ChildProcess[] = []

  beforeAll(async () => {
    server = await startRedis({ appendonly: false })
    redis = connectRedis(server.url, 'producer', () => {})
    s3 = await startS3({ accessKeyId: 'test', secretAccessKey: 'test-secret', buckets: ['images'] })
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    redis.disconnect()
    await s3.stop()
    await server.stop()
  })

  async function start() {
    const env = {
      ...compileCache,
      PORT: '0',
      REDIS_URL: server.url,
      S3_BUCKET: 'images',
      S3_ENDPOINT: s3.url,
      S3_ACCESS_KEY_ID: 'test',
      S3_SECRET_ACCESS_KEY: 'test-secret',
      S3_FORCE_PATH_STYLE: 'true',
    }
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const [said] = await once(child.stdout, 'data')
    const { url } = JSON.parse(String(said).split('\n', 1)[0] ?? '') as { url: string }
    while (!(await fetch(`${url}/readyz`)).ok) await setTimeout(20)
    return { child, url }
  }

  it('is the same edit when it is sent again, and no key is taken for ever', async () => {
    const { key } = await createApiKey(redis, defaultPrefix, 'catalog')
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': '"order-4711"',
    }
    const ask = (url: string) =>
      fetch(`${url}/v1/edits`, { method: 'POST', headers, body: JSON.stringify(fine) })
    const first = await start()
    const hangs = s3.faults.add({ key: /^receipts\/accepted\//, times: 1, do: 'hang' })
    const lost = ask(first.url).catch(() => 'no answer')
    while (hangs.fired === 0) await setTimeout(10)
    expect((await ask(first.url)).status).toBe(409)
    first.child.kill('SIGKILL')
    expect(await lost).toBe('no answer')

    s3.faults.clear()
    const { url } = await start()
    const answers = [await ask(url), await ask(url)]
    expect(answers.map(({ status }) => status)).toEqual([202, 200])
    const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id))
    expect(new Set(ids)).toEqual(new Set([idFromKey('edit', 'catalog', 'order-4711')]))
  })
})
