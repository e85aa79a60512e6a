import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { startProxy, type Proxy } from '../net/tcp-proxy.ts'
import { findRedis } from './find-redis.ts'
import { startRedisProcess } from './redis-process.ts'
import { freePort, startRedis, type RedisOptions, type RedisServer } from './start-redis.ts'

const READY_MS = 30_000

const name = 'restyle'

/** A master, its replica and three sentinels that agree by two. */
export interface SentinelWorld {
  sentinels: { host: string; port: number }[]
  /** What to ask the sentinels for. */
  name: string
  /** The proxy the replica reads the master through, where asked for: delay it and the replica falls behind. */
  link: Proxy | undefined
  /** The server the sentinels call master now, and the other one. */
  master(): Promise<RedisServer>
  replica(): Promise<RedisServer>
  /** SIGKILLs the master and resolves with the new one when it accepts writes. `restart` the old one to make it a replica. */
  killMaster(): Promise<RedisServer>
  /** Resolves with the new master when another than `old` accepts writes, e.g. after `old.suspend()`. */
  promoted(old: RedisServer): Promise<RedisServer>
  stop(): Promise<void>
}

type Undo = (() => Promise<unknown>)[]

type SentinelOptions = {
  downAfterMs?: number
  proxied?: boolean
  redis?: Omit<RedisOptions, 'dir' | 'port'>
}

/**
 * Starts all five and resolves when the replica is in step and every sentinel knows the others.
 * Failover begins `downAfterMs` after the master falls silent and takes about a second more.
 */
export async function startSentinel(options: SentinelOptions = {}): Promise<SentinelWorld> {
  const undo: Undo = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const pair = await startPair(options, undo)
    const sentinels = await startSentinels(pair.first.port, options, undo)
    return { ...worldOf(pair, sentinels), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Pair = { first: RedisServer; second: RedisServer; link: Proxy | undefined }

async function startPair({ proxied = false, redis = {} }: SentinelOptions, undo: Undo): Promise<Pair> {
  const first = await startRedis(redis)
  undo.push(() => first.stop())
  const link = proxied ? await startProxy({ target: { host: '127.0.0.1', port: first.port } }) : undefined
  if (link) undo.push(() => link.stop())
  const replicaof = `replicaof 127.0.0.1 ${link?.port ?? first.port}`
  const second = await startRedis({ ...redis, extra: [...(redis.extra ?? []), replicaof] })
  undo.push(() => second.stop())
  await until('the replica is in step', async () =>
    String(await ask(second.port, 'INFO', 'replication')).includes('master_link_status:up'),
  )
  return { first, second, link }
}

async function startSentinels(
  masterPort: number,
  { downAfterMs = 1_000, proxied = false }: SentinelOptions,
  undo: Undo,
): Promise<SentinelWorld['sentinels']> {
  const dir = await mkdtemp(join(tmpdir(), 'restyle-sentinel-'))
  undo.push(() => rm(dir, { recursive: true, force: true }))
  const command = await findRedis()
  const sentinels = await Promise.all(
    [1, 2, 3].map(async (number) => {
      const port = await freePort()
      const conf = join(dir, `sentinel-${number}.conf`)
      const log = join(dir, `sentinel-${number}.log`)
      // sentinels move a replica off the proxy once `failover-timeout` has passed
      await writeFile(
        conf,
        [
          'bind 127.0.0.1',
          `port ${port}`,
          `dir ${JSON.stringify(dir)}`,
          `sentinel monitor ${name} 127.0.0.1 ${masterPort} 2`,
          `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
          `sentinel failover-timeout ${name} ${proxied ? 180_000 : 10_000}`,
          '',
        ].join('\n'),
      )
      const running = await startRedisProcess(command, { conf, log, port, args: ['--sentinel'] })
      undo.push(() => running.end())
      return { host: '127.0.0.1', port }
    }),
  )
  for (const { port } of sentinels) await until('every sentinel knows the others', () => knowsAll(port))
  return sentinels
}

async function knowsAll(port: number): Promise<boolean> {
  const others = await ask(port, 'SENTINEL', 'SENTINELS', name)
  const replicas = await ask(port, 'SENTINEL', 'REPLICAS', name)
  return Array.isArray(others) && others.length === 2 && Array.isArray(replicas) && replicas.length === 1
}

function worldOf(
  { first, second, link }: Pair,
  sentinels: SentinelWorld['sentinels'],
): Omit<SentinelWorld, 'stop'> {
  const master = async () => {
    const address = await ask(sentinels[0]?.port ?? 0, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)
    return Array.isArray(address) && Number(address[1]) === second.port ? second : first
  }
  const promoted = async (old: RedisServer) => {
    const next = old === first ? second : first
    await until('the replica is promoted', async () => {
      const role = await ask(next.port, 'ROLE')
      return Array.isArray(role) && role[0] === 'master' && (await master()) === next
    })
    return next
  }
  return {
    sentinels,
    name,
    link,
    master,
    replica: async () => ((await master()) === first ? second : first),
    promoted,
    async killMaster() {
      const old = await master()
      await old.kill()
      return promoted(old)
    },
  }
}

/** One command on its own connection; undefined where nobody answers. */
async function ask(port: number, command: string, ...args: string[]): Promise<unknown> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: () => null,
    commandTimeout: 1_000,
    enableReadyCheck: false,
  })
  client.on('error', () => {})
  try {
    return await client.call(command, ...args)
  } catch {
    return undefined
  } finally {
    client.disconnect()
  }
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${READY_MS / 1_000} s in vain until ${what}`)
    await sleep(50)
  }
}
