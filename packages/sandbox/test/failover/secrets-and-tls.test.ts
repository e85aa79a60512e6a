import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import { connectRedis } from '@restyle/shared/redis/connect-redis'
import { tryRedis } from '@restyle/shared/redis/try-redis'
import { Redis } from 'ioredis'
import { findRedis } from '../../src/redis/find-redis.ts'
import { startRedisProcess } from '../../src/redis/redis-process.ts'
import { tell } from '../../src/redis/start-managed-redis.ts'
import { freePort, startRedis } from '../../src/redis/start-redis.ts'
import { startSentinel } from '../../src/redis/start-sentinel.ts'

/** Writes and reads through a URL as the product would. */
async function takes(url: string): Promise<string | null> {
  const errors: string[] = []
  const redis = connectRedis(url, 'producer', ({ message }) => errors.push(message))
  try {
    await redis.set('{x}:a', 'written')
    return await redis.get('{x}:a')
  } catch {
    return errors.join('; ')
  } finally {
    redis.disconnect()
  }
}

describe('Sentinels with passwords of their own', () => {
  it('lead to a master with another user and password, and to a database', async () => {
    const world = await startSentinel()
    try {
      for (const server of [await world.replica(), await world.master()])
        await tell(server.port, async (redis) => {
          await redis.config('SET', 'masterauth', 'of-redis')
          await redis.acl('SETUSER', 'app', 'on', '>p@ss/1', '~*', '&*', '+@all')
          await redis.acl('SETUSER', 'default', 'resetpass', '>of-redis')
        })
      for (const { port } of world.sentinels)
        await tell(port, async (sentinel) => {
          await sentinel.call('SENTINEL', 'SET', world.name, 'auth-pass', 'of-redis')
          await sentinel.call('ACL', 'SETUSER', 'watch', 'on', '>of-sentinel', '~*', '&*', '+@all')
          await sentinel.call('ACL', 'SETUSER', 'default', 'resetpass', '>closed')
        })
      const hosts = world.sentinels.map(({ host, port }) => `${host}:${port}`).join(',')
      const url = (query: string) => `redis+sentinel://app:p%40ss%2F1@${hosts}/${world.name}/2${query}`
      const right = url('?sentinelUser=watch&sentinelPassword=of-sentinel')
      expect(await takes(right)).toBe('written')
      const direct = new Redis({
        port: (await masterPort(right)) ?? 0,
        username: 'app',
        password: 'p@ss/1',
        db: 2,
      })
      expect(await direct.get('{x}:a')).toBe('written')
      direct.disconnect()

      expect(await tryRedis(right, '{x}')).toMatchObject({ kind: 'works' })
      expect(await tryRedis(url(''), '{x}')).toMatchObject({
        kind: 'refused',
        says: expect.stringMatching(/sentinelPassword/) as string,
      })
      const other = right.replace(`/${world.name}/`, '/other/')
      expect(await tryRedis(other, '{x}')).toMatchObject({
        kind: 'refused',
        says: expect.stringMatching(/know no master other/) as string,
      })
    } finally {
      await world.stop()
    }
  })
})

/** Where the Sentinels lead. */
async function masterPort(url: string): Promise<number | undefined> {
  const redis = connectRedis(url, 'producer', () => {})
  try {
    await redis.ping()
    return redis instanceof Redis ? redis.stream.remotePort : undefined
  } finally {
    redis.disconnect()
  }
}

describe('TLS', () => {
  let dir: string
  const before = getCACertificates('default')
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'restyle-tls-'))
    const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1'.split(' ')
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const files = ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')]
    await promisify(execFile)('openssl', [...request, ...names, ...files])
  })
  afterAll(async () => {
    setDefaultCACertificates(before)
    await rm(dir, { recursive: true, force: true })
  })

  const tlsOn = (port: number) => [
    `tls-port ${port}`,
    `tls-cert-file ${dir}/cert.pem`,
    `tls-key-file ${dir}/key.pem`,
    `tls-ca-cert-file ${dir}/cert.pem`,
    'tls-auth-clients no',
    'tls-replication yes',
  ]

  it('reaches a server and Sentinels whose certificate is trusted, and says so of one that is not', async () => {
    const [tlsPort, sentinelTls, sentinelPort] = [await freePort(), await freePort(), await freePort()]
    const server = await startRedis({ extra: tlsOn(tlsPort) })
    const conf = join(dir, 'sentinel.conf')
    const lines = [
      `port ${sentinelPort}`,
      `dir ${dir}`,
      ...tlsOn(sentinelTls),
      `sentinel monitor m 127.0.0.1 ${tlsPort} 1`,
      '',
    ]
    await writeFile(conf, lines.join('\n'))
    const args = { conf, log: join(dir, 'sentinel.log'), port: sentinelPort, args: ['--sentinel'] }
    const sentinel = await startRedisProcess(await findRedis(), args)
    try {
      const direct = `rediss://localhost:${tlsPort}`
      expect(await tryRedis(direct, '{x}')).toMatchObject({
        kind: 'refused',
        says: expect.stringMatching(/NODE_EXTRA_CA_CERTS/) as string,
      })
      setDefaultCACertificates([await readFile(join(dir, 'cert.pem'), 'utf8')])
      expect(await takes(direct)).toBe('written')
      expect(await takes(`rediss+sentinel://localhost:${sentinelTls}/m`)).toBe('written')
      expect(await takes(`rediss+sentinel://localhost:${sentinelPort}/m?sentinelTls=false`)).toBe('written')
      expect(await tryRedis(`redis://localhost:${tlsPort}`, '{x}')).toMatchObject({
        says: expect.stringMatching(/may want TLS/) as string,
      })
    } finally {
      await sentinel.end()
      await server.stop()
    }
  })
})
