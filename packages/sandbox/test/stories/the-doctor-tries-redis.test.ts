import { startCluster } from '../../src/redis/start-cluster.ts'
import { openPrograms, type Programs } from './programs.ts'

let programs: Programs
beforeAll(async () => {
  programs = await openPrograms()
})
afterAll(() => programs.stop())

const at = (user: string, port = programs.redis.port) => `redis://${user}127.0.0.1:${port}`
const doctor = (REDIS_URL: string) => programs.doctor({ REDIS_URL })

describe('the doctor before Redis', () => {
  it('has nothing to say about a sound one, a password with any character included', async () => {
    const user = `${encodeURIComponent('p#a/s@s')}:${encodeURIComponent('canary-#@/?')}@`
    const { url } = programs.redis
    for (const REDIS_URL of [url, at(user), `${url}/3`]) {
      const { code, out, err } = await doctor(REDIS_URL)
      expect({ code, err, stops: out.match(/^(STOP|AWAY).*/gm) }).toEqual({ code: 0, err: '', stops: null })
      expect(out).toMatch(/^ok {4}redis {16}takes writes, runs scripts/m)
    }
  })

  it('names a node of a cluster', async () => {
    const cluster = await startCluster()
    try {
      for (const { url } of cluster.nodes) {
        const { code, out } = await doctor(url)
        expect(code).toBe(1)
        expect(out).toMatch(/^STOP {2}redis .*is a node of a Redis Cluster: write redis\+cluster:/m)
      }
      const { out } = await doctor(cluster.url)
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
    ['a replica', () => at('', programs.replica.port), /is a replica, which takes no writes/],
    ['a user without scripts', () => at('noscript:canary-right@'), /may not use EVAL/],
  ])('does not start with %s, and says what to change', async (_, url, says) => {
    const { code, err } = await programs.run(path, { REDIS_URL: url() })
    expect(code).toBe(2)
    expect(err).toMatch(new RegExp(`^the ${name} does not start:\\n {2}redis: .*${says.source}`))
    expect(err.trim().split('\n')).toHaveLength(2)
    expect(err).not.toMatch(/canary/)
  })
})

it('the keys of producers cannot be asked for where Redis is not, and it is said why', async () => {
  const { code, err } = await programs.run(
    'producer/src/api-keys-cli.ts',
    { REDIS_URL: at('', programs.silent) },
    ['list'],
  )
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^nothing listens at 127\.0\.0\.1:\d+: .*\n$/) as string,
  })
})
