import { openPrograms, type Programs } from './programs.ts'

let programs: Programs
beforeAll(async () => {
  programs = await openPrograms()
})
afterAll(() => programs.stop())

const at = (user: string, port = programs.redis.port, scheme = 'redis') =>
  `${scheme}://${user}127.0.0.1:${port}`

/** Loaded before the doctor: stands in for a machine whose resolver answers every name with an address of a fake-ip proxy. */
const fakeIp = `data:text/javascript,${encodeURIComponent(`
  import dns from 'node:dns'
  import { syncBuiltinESMExports } from 'node:module'
  dns.lookup = (name, options, done) =>
    options.all ? done(null, [{ address: '198.18.0.7', family: 4 }]) : done(null, '198.18.0.7', 4)
  syncBuiltinESMExports()`)}`

type Setup = Record<string, string>
type Broken = [what: string, setup: () => Setup, says: RegExp, node?: string[]]

const aboutTheBucket: Broken[] = [
  [
    'a wrong key of the bucket',
    () => ({ S3_ACCESS_KEY_ID: 'AKCANARY' }),
    /^STOP {2}bucket .*InvalidAccessKeyId, ".*": correct S3_ACCESS_KEY_ID$/,
  ],
  [
    'a wrong secret',
    () => ({ S3_SECRET_ACCESS_KEY: 'canary-secret' }),
    /^STOP {2}bucket .*: correct S3_SECRET_ACCESS_KEY$/,
  ],
  [
    'a key without its secret',
    () => ({ S3_SECRET_ACCESS_KEY: '' }),
    /^STOP {2}configuration .*S3_SECRET_ACCESS_KEY: is needed/,
  ],
  [
    'a wrong region',
    () => ({ S3_REGION: 'eu-west-1' }),
    /^STOP {2}bucket .*expecting 'us-east-1'": set S3_REGION/,
  ],
  [
    'a wrong name of the bucket',
    () => ({ S3_BUCKET: 'nowhere' }),
    /^STOP {2}bucket .*make the bucket nowhere, or correct S3_BUCKET$/,
  ],
  [
    'an address without scheme',
    () => ({ S3_ENDPOINT: 'minio:9000' }),
    /^STOP {2}configuration .*S3_ENDPOINT: must begin with http:/,
  ],
  [
    'an address of inside, which DashScope cannot open',
    () => ({ RESTYLE_SOURCE_DELIVERY: 'presign' }),
    /^STOP {2}source delivery .*: set S3_PUBLIC_ENDPOINT/,
  ],
  [
    'an address where nobody is',
    () => ({ S3_ENDPOINT: 'http://127.0.0.1:9' }),
    /^AWAY {2}bucket .*ECONNREFUSED.*look at S3_ENDPOINT$/,
  ],
  [
    'a store that has no conditional PUT',
    () => ({ S3_BUCKET: 'refusing' }),
    /^STOP {2}bucket .*NotImplemented.*set S3_CREATE_ONCE/,
  ],
  [
    'a store that ignores a conditional PUT',
    () => ({ S3_BUCKET: 'overwriting' }),
    /^STOP {2}create once .*ignores if-none-match: \*.*set S3_CREATE_ONCE/,
  ],
  [
    'an address with https where nothing speaks TLS',
    () => ({ S3_ENDPOINT: programs.s3.url.replace('http:', 'https:') }),
    /^AWAY {2}bucket .*EPROTO, "TLS: wrong version number": look at S3_ENDPOINT/,
  ],
  [
    'an address of another server than S3',
    () => ({ S3_ENDPOINT: programs.dashscope.origin }),
    /^STOP {2}bucket .*this is no answer of an S3 server: look at S3_ENDPOINT$/,
  ],
  [
    'an address that holds the bucket',
    () => ({ S3_ENDPOINT: `${programs.s3.url}/images` }),
    /^STOP {2}bucket .*look at S3_ENDPOINT, which must not hold the name of the bucket$/,
  ],
  [
    'its own bucket for sources',
    () => ({ RESTYLE_SOURCE_BUCKETS: 'images' }),
    /^STOP {2}configuration .*must not list S3_BUCKET/,
  ],
]

const aboutRedis: Broken[] = [
  [
    'a replica',
    () => ({ REDIS_URL: at('', programs.replica.port) }),
    /^STOP {2}redis .*is a replica, which takes no writes: put the master/,
  ],
  [
    'a user without INFO',
    () => ({ REDIS_URL: at('noinfo:canary-right@') }),
    /^STOP {2}redis .*may not use INFO: give it \+@all/,
  ],
  [
    'a wrong password',
    () => ({ REDIS_URL: at('noinfo:canary-wrong@') }),
    /^STOP {2}redis .*the user or the password is wrong: correct them in REDIS_URL/,
  ],
  [
    'a user without scripts',
    () => ({ REDIS_URL: at('noscript:canary-right@') }),
    /^STOP {2}redis .*may not use EVAL/,
  ],
  [
    'a user of other keys',
    () => ({ REDIS_URL: at('elsewhere:canary-right@') }),
    /^STOP {2}redis .*may not use SET on keys of the prefix.*PUBLISH on channels of the prefix/,
  ],
  [
    'a refused port',
    () => ({ REDIS_URL: at('', programs.silent) }),
    /^AWAY {2}redis .*nothing listens at 127\.0\.0\.1:\d+: correct host and port/,
  ],
  [
    'a wrong host',
    () => ({ REDIS_URL: 'redis://no-such-host.invalid' }),
    /^AWAY {2}redis .*no-such-host\.invalid:6379 is not found: correct the host/,
  ],
  [
    'TLS on a plain port',
    () => ({ REDIS_URL: at('', programs.redis.port, 'rediss') }),
    /^STOP {2}redis .*does not speak TLS: write redis:\/\//,
  ],
  [
    'a database that is not there',
    () => ({ REDIS_URL: `${programs.redis.url}/4000` }),
    /^STOP {2}redis .*no database 4000/,
  ],
  [
    'a # in the password',
    () => ({ REDIS_URL: at('noinfo:canary#right@') }),
    /^STOP {2}configuration .*REDIS_URL: has a #.*%23/,
  ],
  [
    'a plain server as a cluster',
    () => ({ REDIS_URL: at('', programs.redis.port, 'redis+cluster') }),
    /^STOP {2}redis .*is no Redis Cluster: write redis:/,
  ],
  [
    'Sentinels that are none',
    () => ({ REDIS_URL: `${at('', programs.silent, 'redis+sentinel')}/mymaster` }),
    /^AWAY {2}redis .*no Sentinel answers: correct their hosts/,
  ],
]

const aboutTheVendor: Broken[] = [
  [
    'the base address of the OpenAI-compatible mode',
    () => ({ DASHSCOPE_BASE_URL: programs.dashscope.url.replace('/api/', '/compatible-mode/') }),
    /^STOP {2}lane default .*OpenAI-compatible mode.*: write http:\/\/127\.0\.0\.1:\d+\/api\/v1$/,
  ],
  [
    'a wrong key of DashScope',
    () => ({ DASHSCOPE_API_KEY: 'sk-canary' }),
    /^STOP {2}lane default .*InvalidApiKey, ".*": put a valid key of the lane's region .*DASHSCOPE_API_KEY/,
  ],
  [
    'an address that is not there',
    () => ({ DASHSCOPE_BASE_URL: programs.dashscope.url.replace('/api/', '/other/api/') }),
    /^STOP {2}lane default .*NotFound, ".*": check the lane's address/,
  ],
  [
    'an address where somebody else answers',
    () => {
      programs.dashscope.faults.add({ at: 'list', do: { type: 'body', body: '<html>welcome</html>' } })
      return {}
    },
    /^STOP {2}lane default .*Garbled, ".*": check the lane's address/,
  ],
  [
    'a vendor who cannot be reached',
    () => ({ DASHSCOPE_BASE_URL: `http://127.0.0.1:${programs.silent}/api/v1` }),
    /^AWAY {2}lane default .*cannot be reached.*ECONNREFUSED.*look at the lane's region or baseUrl/,
  ],
  [
    'a lane of a model that is not there',
    () => ({ RESTYLE_LANES: '[{"name":"a","model":"wan9"}]' }),
    /^STOP {2}configuration .*lane a: there is no model wan9$/,
  ],
  [
    'a resolver that answers every name with an address of a fake-ip proxy',
    () => ({}),
    /^STOP {2}results .*198\.18\.0\.0\/15.*set RESTYLE_TRUST_RANGES=198\.18\.0\.0\/15$/,
    ['--import', fakeIp],
  ],
]

/** Whatever a server says stands between quotation marks, in sentences of its own. */
const ownWords = (line: string) => line.replaceAll(/"[^"]*"/g, '')

describe('the doctor', () => {
  it.each([...aboutTheBucket, ...aboutRedis, ...aboutTheVendor])(
    'names %s and what to change in one sentence, within seconds and without a secret',
    async (_, setup, says, node = []) => {
      const from = performance.now()
      const { code, out, err } = await (node.length === 0
        ? programs.doctor(setup())
        : programs.run('worker/src/admin.ts', setup(), ['doctor'], node))
      expect(performance.now() - from).toBeLessThan(15_000)
      const problems = out.split('\n').filter((line) => /^(STOP|AWAY)/.test(line))
      expect(problems).toEqual([expect.stringMatching(says)])
      expect(ownWords(problems.join())).not.toMatch(/\. [A-Z]/)
      expect({ code, err }).toEqual({ code: 1, err: '' })
      expect(out.trimEnd().split('\n').at(-1)).toMatch(/^1 problem: /)
      expect(out).not.toMatch(/canary|sandbox-secret|sk-sandbox|X-Amz-|Signature=|\n {4}at /)
    },
  )
})
