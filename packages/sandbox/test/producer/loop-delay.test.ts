import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { installApiKey } from '@restyle/producer/http/api-keys'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { startRedis } from '@restyle/sandbox/redis/start-redis'
import { startS3, type S3Server } from '@restyle/sandbox/s3/start-s3'
import { Agent, fetch } from 'undici'
import { hostileRequests } from './hostile-requests.ts'

const app = fileURLToPath(new URL('../../../../apps/producer/src/main.ts', import.meta.url))
const watch = fileURLToPath(new URL('watch-loop.ts', import.meta.url))

const mostMs = 100

describe('one request', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  let s3: S3Server
  let child: ChildProcess
  let url: string
  const key = 'rk_loop_0123456789abcdef'
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 })

  beforeAll(async () => {
    redis = await startRedis({ appendonly: false })
    s3 = await startS3({ accessKeyId: 'test', secretAccessKey: 'test-secret', buckets: ['images'] })
    const connection = connectRedis(redis.url, 'producer', () => {})
    await installApiKey(connection, '{restyle}', 'hostile', key)
    connection.disconnect()
    child = spawn(process.execPath, ['--import', watch, app], {
      env: {
        PORT: '0',
        REDIS_URL: redis.url,
        S3_BUCKET: 'images',
        S3_ENDPOINT: s3.url,
        S3_ACCESS_KEY_ID: 'test',
        S3_SECRET_ACCESS_KEY: 'test-secret',
        S3_FORCE_PATH_STYLE: 'true',
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    const [said] = await once(child.stdout ?? child, 'data')
    child.stdout?.resume()
    url = (JSON.parse(String(said).split('\n', 1)[0] ?? '') as { url: string }).url
  })
  afterAll(async () => {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
    await agent.close()
    await s3.stop()
    await redis.stop()
  })

  /** The longest stop since the last call, in ms. */
  async function longest(): Promise<number> {
    child.send('')
    const [ms] = (await once(child, 'message')) as [number]
    return ms
  }

  async function* inPieces(bytes: Buffer, size: number) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }

  async function openBatch(): Promise<string> {
    const answer = await fetch(`${url}/v1/batches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"open":true}',
    })
    return `/v1/batches/${((await answer.json()) as { id: string }).id}/rows/1`
  }

  it.each(Object.entries(hostileRequests))(
    'keeps the others waiting for less than 100 ms, whatever it holds: %s',
    async (_, { method, path = '/v1/batches', rows: isRows, body, pieces, status, detail = /^/ }) => {
      const bytes = body()
      const stops: number[] = []
      // the machine may be busy with something else: the best of three
      while (stops.length < 3 && !stops.some((ms) => ms < mostMs)) {
        const to = isRows ? await openBatch() : path
        await longest()
        const answer = await fetch(`${url}${to}`, {
          method: method ?? (isRows ? 'PUT' : 'POST'),
          headers: {
            authorization: `Bearer ${key}`,
            'content-type': isRows ? 'application/x-ndjson' : 'application/json',
          },
          ...(bytes.length === 0 ? {} : { body: pieces === undefined ? bytes : inPieces(bytes, pieces) }),
          duplex: 'half',
          dispatcher: agent,
        })
        const told = (await answer.json()) as { detail?: string }
        expect(answer.status).toBe(status)
        expect(told.detail ?? '').toMatch(detail)
        stops.push(await longest())
      }
      expect(Math.min(...stops)).toBeLessThan(mostMs)
    },
    120_000,
  )
})
