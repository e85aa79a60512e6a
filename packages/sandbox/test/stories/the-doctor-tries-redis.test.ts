import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type DashScopeSimulator, startDashScope } from '../../src/dashscope/start-dashscope.ts'
import { startCluster } from '../../src/redis/start-cluster.ts'
import { tell } from '../../src/redis/start-managed-redis.ts'
import { freePort, type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type S3Server, startS3 } from '../../src/s3/start-s3.ts'

const keys = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }
const fileOf = (path: string) => fileURLToPath(new URL(`../../../../apps/${path}`, import.meta.url))

let redis: RedisServer
let replica: RedisServer
let silent: number
let s3: S3Server
let dashscope: DashScopeSimulator

beforeAll(async () => {
  redis = await startRedis()
  replica = await startRedis({ extra: [`replicaof 127.0.0.1 ${redis.port}`] })
  silent = await freePort()
  dashscope = await startDashScope()
  s3 = await startS3({ ...keys, buckets: ['images'] })
  await tell(redis.port, async (admin) => {
    await admin.acl('SETUSER', 'noinfo', 'on', '>canary-right', '~*', '&*', '+@all', '-info')
    await admin.acl('SETUSER', 'noscript', 'on', '>canary-right', '~*', '&*', '+@all', '-@scripting')
    await admin.acl('SETUSER', 'elsewhere', 'on', '>canary-right', '~other*', '&other*', '+@all')
    await admin.acl('SETUSER', 'p#a/s@s', 'on', '>canary-#@/?', '~*', '&*', '+@all')
  })
})
afterAll(async () => {
  await s3.stop()
  await dashscope.stop()
  await replica.stop()
  await redis.stop()
})

/** A program's exit code, and what it printed. `more` overrides a sound environment. */
const run = (path: string, more: Record<string, string>, ...words: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((done) => {
    const env = {
      REDIS_URL: redis.url,
      S3_ENDPOINT: s3.url,
      S3_BUCKET: 'images',
      S3_ACCESS_KEY_ID: keys.accessKeyId,
      S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
      DASHSCOPE_API_KEY: 'sk-sandbox',
      DASHSCOPE_BASE_URL: dashscope.url,
      PORT: '0',
      ...more,
    }
    execFile(process.execPath, [fileOf(path), ...words], { env }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    )
  })

const at = (user: string, port = redis.port, scheme = 'redis') => `${scheme}://${user}127.0.0.1:${port}`

const broken: [name: string, url: () => string, says: RegExp][] = [
  [
    'a refused port',
    () => at('', silent),
    /^AWAY {2}redis .*nothing listens at 127\.0\.0\.1:\d+: correct host and port/,
  ],
  [
    'a wrong host',
    () => 'redis://no-such-host.invalid',
    /^AWAY {2}redis .*no-such-host\.invalid:6379 is not found: correct the host/,
  ],
  [
    'a wrong password',
    () => at('noinfo:canary-wrong@'),
    /^STOP {2}redis .*the user or the password is wrong/,
  ],
  [
    'TLS on a plain port',
    () => at('', redis.port, 'rediss'),
    /^STOP {2}redis .*does not speak TLS: write redis:\/\//,
  ],
  [
    'a replica',
    () => at('', replica.port),
    /^STOP {2}redis .*is a replica, which takes no writes: put the master/,
  ],
  [
    'a user without INFO',
    () => at('noinfo:canary-right@'),
    /^STOP {2}redis .*may not use INFO: give it \+@all/,
  ],
  ['a user without scripts', () => at('noscript:canary-right@'), /^STOP {2}redis .*may not use EVAL/],
  [
    'a user of other keys',
    () => at('elsewhere:canary-right@'),
    /^STOP {2}redis .*may not use SET on keys of the prefix.*PUBLISH on channels of the prefix/,
  ],
  ['a database that is not there', () => `${redis.url}/4000`, /^STOP {2}redis .*no database 4000/],
  [
    'a # in the password',
    () => at('noinfo:canary#right@'),
    /^STOP {2}configuration .*REDIS_URL: has a #.*%23/,
  ],
  [
    'a plain server as a cluster',
    () => at('', redis.port, 'redis+cluster'),
    /^STOP {2}redis .*is no Redis Cluster: write redis:/,
  ],
  [
    'Sentinels that are none',
    () => `${at('', silent, 'redis+sentinel')}/mymaster`,
    /^AWAY {2}redis .*no Sentinel answers: correct their hosts/,
  ],
]

describe('the doctor before Redis', () => {
  it('has nothing to say about a sound one, a password with any character included', async () => {
    const user = `${encodeURIComponent('p#a/s@s')}:${encodeURIComponent('canary-#@/?')}@`
    for (const REDIS_URL of [redis.url, at(user), `${redis.url}/3`]) {
      const { code, out, err } = await run('worker/src/admin.ts', { REDIS_URL }, 'doctor')
      expect({ code, err, stops: out.match(/^(STOP|AWAY).*/gm) }).toEqual({ code: 0, err: '', stops: null })
      expect(out).toMatch(/^ok {4}redis {16}takes writes, runs scripts/m)
    }
  })

  it.each(broken)(
    'names %s and what to change in one sentence, without a stack or a secret',
    async (_, url, says) => {
      const { code, out, err } = await run('worker/src/admin.ts', { REDIS_URL: url() }, 'doctor')
      const stops = out.split('\n').filter((line) => /^(STOP|AWAY)/.test(line))
      expect(stops).toEqual([expect.stringMatching(says)])
      // the connection's own remark about a user without INFO
      const rest = err.replaceAll(/^Skipping the ready check.*\n/gm, '')
      expect({ code, rest }).toEqual({ code: 1, rest: '' })
      expect(out).not.toMatch(/canary|\n {4}at /)
    },
  )

  it('names a node of a cluster', async () => {
    const cluster = await startCluster()
    try {
      for (const { url } of cluster.nodes) {
        const { code, out } = await run('worker/src/admin.ts', { REDIS_URL: url }, 'doctor')
        expect(code).toBe(1)
        expect(out).toMatch(/^STOP {2}redis .*is a node of a Redis Cluster: write redis\+cluster:/m)
      }
      const { out } = await run('worker/src/admin.ts', { REDIS_URL: cluster.url }, 'doctor')
      expect(out).not.toMatch(/^(STOP|AWAY)/m)
    } finally {
      await cluster.stop()
    }
  })
})

describe.each([
  ['worker', 'worker/src/main.ts'],
  ['producer', 'producer/src/main.ts'],
])('a %s', (name, path) => {
  it.each([
    ['a wrong password', () => at('noinfo:canary-wrong@'), /the user or the password is wrong/],
    ['a replica', () => at('', replica.port), /is a replica, which takes no writes/],
    ['a user without scripts', () => at('noscript:canary-right@'), /may not use EVAL/],
  ])('does not start with %s, and says what to change', async (_, url, says) => {
    const { code, err } = await run(path, { REDIS_URL: url() })
    expect(code).toBe(2)
    expect(err).toMatch(new RegExp(`^the ${name} does not start:\\n {2}redis: .*${says.source}`))
    expect(err.trim().split('\n')).toHaveLength(2)
    expect(err).not.toMatch(/canary/)
  })
})

it('the keys of producers cannot be asked for where Redis is not, and it is said why', async () => {
  const { code, err } = await run('producer/src/api-keys-cli.ts', { REDIS_URL: at('', silent) }, 'list')
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^nothing listens at 127\.0\.0\.1:\d+: .*\n$/) as string,
  })
})
