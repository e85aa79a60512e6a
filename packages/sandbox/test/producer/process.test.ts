import { compileCache } from '../runner/compile-cache.ts'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startRedis } from '@restyle/sandbox/redis/start-redis'
import { startS3, type S3Server } from '@restyle/sandbox/s3/start-s3'
import { fine } from './open-producer.ts'
import { openSse } from './open-sse.ts'

const app = (file: string) => fileURLToPath(new URL(`../../../../apps/producer/src/${file}`, import.meta.url))

describe('the producer as a process', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  let s3: S3Server
  let env: Record<string, string>

  beforeAll(async () => {
    redis = await startRedis({ appendonly: false })
    s3 = await startS3({ accessKeyId: 'test', secretAccessKey: 'test-secret', buckets: ['images'] })
    env = {
      ...compileCache,
      PORT: '0',
      REDIS_URL: redis.url,
      S3_BUCKET: 'images',
      S3_ENDPOINT: s3.url,
      S3_ACCESS_KEY_ID: 'test',
      S3_SECRET_ACCESS_KEY: 'test-secret',
      S3_FORCE_PATH_STYLE: 'true',
    }
  })
  afterAll(async () => {
    await s3.stop()
    await redis.stop()
  })

  const keys = async (...words: string[]) =>
    (await promisify(execFile)(process.execPath, [app('api-keys-cli.ts'), ...words], { env })).stdout

  it('starts, takes the keys that the command makes, and stops when asked to', async () => {
    const child = spawn(process.execPath, [app('main.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const [said] = await once(child.stdout, 'data')
    const { url } = JSON.parse(String(said).split('\n', 1)[0] ?? '') as { url: string }
    const key = (await keys('create', 'catalog')).trim()
    const authorization = `Bearer ${key}`
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect((await fetch(`${url}/v1/models`, { headers: { authorization } })).status).toBe(200)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })

  it('stops when asked to, although its Redis is gone for good and somebody follows its events', async () => {
    const gone = await startRedis({ appendonly: false })
    const own = { ...env, REDIS_URL: gone.url }
    const made = await promisify(execFile)(process.execPath, [app('api-keys-cli.ts'), 'create', 'lonely'], {
      env: own,
    })
    const child = spawn(process.execPath, [app('main.ts')], { env: own, stdio: ['ignore', 'pipe', 'ignore'] })
    const exited = once(child, 'exit')
    const [said] = await once(child.stdout, 'data')
    const { url } = JSON.parse(String(said).split('\n', 1)[0] ?? '') as { url: string }
    const stream = await openSse(`${url}/v1/events`, { authorization: `Bearer ${made.stdout.trim()}` })
    await gone.stop()
    await setTimeout(2_000)
    child.kill('SIGTERM')
    const late = setTimeout(20_000, 'it is still there', { ref: false })
    const how = await Promise.race([exited, late])
    if (how === 'it is still there') child.kill('SIGKILL')
    expect(how).toEqual([0, null])
    stream.cut()
  })

  it('answers what is under way and ends its streams when asked to stop, within five seconds', async () => {
    const child = spawn(process.execPath, [app('main.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const [said] = await once(child.stdout, 'data')
    const { url } = JSON.parse(String(said).split('\n', 1)[0] ?? '') as { url: string }
    const headers = { authorization: `Bearer ${(await keys('create', 'zleaver')).trim()}` }
    const streams = await Promise.all([1, 2, 3].map(() => openSse(`${url}/v1/events`, headers)))
    for (const stream of streams) await stream.next({ all: true })
    // the acceptance takes its time in the bucket
    const slow = s3.faults.add({
      operation: 'PutObject',
      key: /^receipts\/accepted\//,
      times: 1,
      do: 'slow',
      bytesPerSecond: 1_000,
    })
    const post = fetch(`${url}/v1/edits`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(fine),
    })
    while (slow.fired === 0) await setTimeout(5)
    const began = performance.now()
    child.kill('SIGTERM')
    expect((await post).status).toBe(202)
    for (const stream of streams) {
      let block = await stream.next({ all: true })
      while (block['ended'] === undefined) block = await stream.next({ all: true })
    }
    expect(await exited).toEqual([0, null])
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('lists keys and revokes them', async () => {
    const keyId = (await keys('create', 'second')).split('_')[1] ?? ''
    expect(await keys('list')).toMatch(new RegExp(`^${keyId}\\tsecond\\t.*\\tlive$`, 'm'))
    expect(await keys('revoke', keyId)).toBe(`revoked ${keyId}\n`)
    expect(await keys('list')).toMatch(new RegExp(`^${keyId}\\tsecond\\t.*\\trevoked `, 'm'))
    await expect(keys('create', 'No Name')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^a producer's name must be/),
    })
    await expect(keys()).rejects.toMatchObject({ code: 2 })
    await expect(keys('revoke', 'nosuch')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^no such key: nosuch \(keyId is/),
    })
  })

  it('sets the weight of a producer that has a key, and lists them', async () => {
    const producers = async (...words: string[]) =>
      (await promisify(execFile)(process.execPath, [app('producers-cli.ts'), ...words], { env })).stdout
    await keys('create', 'heavy')
    expect(await producers('weight', 'heavy', '1000')).toBe('heavy\tweight 1000\tUTC\n')
    await keys('create', 'light')
    expect(await producers('list')).toMatch(/^heavy\tweight 1000\tUTC\nlight\tweight 1\tUTC\n/m)
    for (const weight of ['0', '1001', '1.5', '-1', 'x'])
      await expect(producers('weight', 'heavy', weight)).rejects.toMatchObject({
        code: 1,
        stderr: `a weight is a whole number from 1 to 1000, and not ${weight}\n`,
      })
    await expect(producers('weight', 'nosuch', '2')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^no such producer: nosuch /),
    })
    await expect(producers()).rejects.toMatchObject({ code: 2 })
  })

  it('does not start in surroundings that do not fit, and says all that is wrong', async () => {
    const wrong = { ...env, PORT: 'http', REDIS_URL: 'localhost', S3_BUCKET: '' }
    await expect(
      promisify(execFile)(process.execPath, [app('main.ts')], { env: wrong }),
    ).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^the environment does not fit:\n {2}REDIS_URL: must be redis.*\n {2}S3_BUCKET: is needed.*\n {2}PORT: must be a whole number from 0 to 65535\n$/,
      ),
    })
  })

  it('names the variable to set where its port is taken', async () => {
    const PORT = new URL(s3.url).port
    await expect(
      promisify(execFile)(process.execPath, [app('main.ts')], { env: { ...env, PORT } }),
    ).rejects.toMatchObject({
      code: 2,
      stderr: `port ${PORT} is taken by another program: end it, or set PORT to a free one\n`,
    })
  })
})
