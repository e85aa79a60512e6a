import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type DashScopeSimulator, startDashScope } from '../../src/dashscope/start-dashscope.ts'
import { type RedisServer, startRedis } from '../../src/redis/start-redis.ts'
import { type S3Server, startS3 } from '../../src/s3/start-s3.ts'

const keys = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' }
const program = fileURLToPath(new URL('../../../../apps/worker/src/admin.ts', import.meta.url))

describe('the doctor before a bucket', () => {
  let redis: RedisServer
  let s3: S3Server
  let dashscope: DashScopeSimulator
  beforeAll(async () => {
    redis = await startRedis()
    dashscope = await startDashScope()
    s3 = await startS3({
      ...keys,
      buckets: ['images', { name: 'overwriting', dialect: 'gcs' }, { name: 'refusing', dialect: 'b2' }],
    })
  })
  afterAll(async () => {
    await s3.stop()
    await dashscope.stop()
    await redis.stop()
  })

  /** Its exit code, and what it printed: a line for each finding. */
  const examine = (more: Record<string, string> = {}, command = 'doctor') =>
    new Promise<{ code: number; lines: string[]; amiss: string[] }>((done) => {
      const env = {
        REDIS_URL: redis.url,
        S3_ENDPOINT: s3.url,
        S3_BUCKET: 'images',
        S3_ACCESS_KEY_ID: keys.accessKeyId,
        S3_SECRET_ACCESS_KEY: keys.secretAccessKey,
        S3_FORCE_PATH_STYLE: 'true',
        DASHSCOPE_API_KEY: 'sk-sandbox',
        DASHSCOPE_BASE_URL: dashscope.url,
        ...more,
      }
      execFile(process.execPath, [program, command], { env }, (error, stdout, stderr) => {
        const lines = stdout.split('\n').filter((line) => line !== '')
        const amiss = [...lines, stderr].filter((line) => line !== '' && !/^(ok|warn) /.test(line))
        done({ code: Number(error?.code ?? 0), lines, amiss })
      })
    })

  it('has nothing to say about a sound one, and how pictures will travel', async () => {
    const { code, lines, amiss } = await examine()
    expect({ code, amiss }).toEqual({ code: 0, amiss: [] })
    expect(lines.join('\n')).toMatch(
      /ok {4}bucket .*\nok {4}create once .*\nok {4}clock .*\nok {4}source delivery {6}upload, for DashScope cannot open/,
    )
  })

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a wrong key',
      { S3_ACCESS_KEY_ID: 'AKNOBODY' },
      /^STOP {2}bucket .*records\.": correct S3_ACCESS_KEY_ID$/,
    ],
    ['a wrong secret', { S3_SECRET_ACCESS_KEY: 'no' }, /^STOP {2}bucket .*: correct S3_SECRET_ACCESS_KEY$/],
    [
      'a key without its secret',
      { S3_SECRET_ACCESS_KEY: '' },
      /^STOP {2}configuration .*S3_SECRET_ACCESS_KEY: is needed/,
    ],
    ['a wrong region', { S3_REGION: 'eu-west-1' }, /^STOP {2}bucket .*expecting 'us-east-1'": set S3_REGION/],
    [
      'a wrong name',
      { S3_BUCKET: 'nowhere' },
      /^STOP {2}bucket .*make the bucket nowhere, or correct S3_BUCKET$/,
    ],
    [
      'an address without scheme',
      { S3_ENDPOINT: 'minio:9000' },
      /^STOP {2}configuration .*S3_ENDPOINT: must begin with http:/,
    ],
    [
      'an address of inside',
      { RESTYLE_SOURCE_DELIVERY: 'presign' },
      /^STOP {2}source delivery .*Set S3_PUBLIC_ENDPOINT/,
    ],
    [
      'an address where nobody is',
      { S3_ENDPOINT: 'http://127.0.0.1:9' },
      /^AWAY {2}bucket .*ECONNREFUSED.*look at S3_ENDPOINT$/,
    ],
    ['no conditional PUT', { S3_BUCKET: 'refusing' }, /^STOP {2}bucket .*NotImplemented.*set S3_CREATE_ONCE/],
    [
      'an ignored conditional PUT',
      { S3_BUCKET: 'overwriting' },
      /^STOP {2}create once .*ignores if-none-match: \*/,
    ],
    ['the bucket of others', { RESTYLE_PREFIX: '{staging}' }, /^STOP {2}bucket .*RESTYLE_PREFIX=\{restyle\}/],
    [
      'the address of the OpenAI-compatible mode',
      { DASHSCOPE_BASE_URL: 'https://127.0.0.1:9/compatible-mode/v1' },
      /^STOP {2}lane default .*OpenAI-compatible mode.*write https:\/\/127\.0\.0\.1:9\/api\/v1$/,
    ],
    [
      'its own bucket for sources',
      { RESTYLE_SOURCE_BUCKETS: 'images' },
      /^STOP {2}configuration .*must not list S3_BUCKET/,
    ],
  ])('names %s in one sentence with what to change, and ends with 1', async (_what, env, line) => {
    const { code, amiss } = await examine(env)
    expect(amiss).toEqual([expect.stringMatching(line)])
    expect(code).toBe(1)
  })

  it('warns of a proxy that is set and not used, and tells which one is', async () => {
    const { lines } = await examine({ ALL_PROXY: 'socks5://proxy:1' })
    expect(lines.join('\n')).toMatch(/^warn {2}proxy .*ALL_PROXY is not used/m)
    const named = await examine({ HTTPS_PROXY: 'http://me:secret@127.0.0.1:9' })
    expect(named.lines.join('\n')).toMatch(/^ok {4}proxy .*reached through 127\.0\.0\.1:9$/m)
  })

  it('keeps a rebuild from the bucket of others', async () => {
    await examine()
    const { code, amiss } = await examine({ RESTYLE_PREFIX: '{staging}' }, 'rebuild')
    expect(amiss).toEqual([
      expect.stringMatching(/^no edit was put back: the bucket belongs to the installation/),
    ])
    expect(code).toBe(2)
  })

  it('shows no secret', async () => {
    const { lines } = await examine({ S3_SECRET_ACCESS_KEY: 'canary-secret' })
    expect(lines.join()).not.toContain('canary')
  })
})
