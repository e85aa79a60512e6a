import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RestyleError } from '@restyle/shared/errors'
import { findRedis } from './find-redis.ts'
import { startRedisProcess, type RedisProcess } from './redis-process.ts'

/** How to run a Redis; everything has a default. */
export interface RedisOptions {
  /** Where the append-only file, the configuration and the log live; absent = a temporary folder, removed by `stop`. */
  dir?: string
  /** 0 or absent = a free one. */
  port?: number
  appendonly?: boolean
  appendfsync?: 'everysec' | 'always'
  /** As Redis writes it, e.g. `64mb`. Redis then refuses writes: nothing is ever evicted. */
  maxmemory?: string
  /** Redis' background ticks per second; 100 lets expired keys and blocked clients move within 10 ms. */
  hz?: number
  /** More lines of redis.conf. */
  extra?: string[]
}

/** A real redis-server on 127.0.0.1, a child of this process that dies with it. */
export interface RedisServer {
  url: string
  port: number
  /** Changes with `restart`. */
  readonly pid: number
  /** Ends it gently; nothing acknowledged is lost. */
  stop(): Promise<void>
  /** SIGKILL: what a crash does. */
  kill(): Promise<void>
  /** Starts it again on the same folder and port, after ending it gently if it still runs. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay open and nothing answers. */
  suspend(): void
  resume(): void
}

/** Starts Redis and resolves when it answers. Throws if the port or the folder is still held by another one. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const command = await findRedis()
  const dir = options.dir ? resolve(options.dir) : await mkdtemp(join(tmpdir(), 'restyle-redis-'))
  await mkdir(dir, { recursive: true })
  await waitUntilFree(dir)

  const clear = async () => {
    if (!options.dir) await rm(dir, { recursive: true, force: true })
  }
  const conf = join(dir, 'redis.conf')
  const start = async (port: number) => {
    await writeFile(conf, configuration(dir, port, options))
    return startRedisProcess(command, { conf, log: join(dir, 'redis.log'), port })
  }
  const { port, first } = await onFreePort(options.port ?? 0, start).catch(async (error: unknown) => {
    await clear()
    throw error
  })
  let running: RedisProcess | undefined = first
  let pid = first.pid

  const stop = async () => {
    await running?.end()
    running = undefined
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return pid
    },
    async stop() {
      await stop()
      await clear()
    },
    async kill() {
      await running?.kill()
      running = undefined
    },
    async restart() {
      await stop()
      // the file as Redis left it: a failover writes the new role into it
      running = await startRedisProcess(command, { conf, log: join(dir, 'redis.log'), port })
      pid = running.pid
    },
    suspend: () => running?.signal('SIGSTOP'),
    resume: () => running?.signal('SIGCONT'),
  }
}

function configuration(dir: string, port: number, options: RedisOptions): string {
  const { appendonly = true, appendfsync = 'everysec', maxmemory, hz = 100, extra = [] } = options
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${JSON.stringify(dir)}`,
    `pidfile ${JSON.stringify(join(dir, 'redis.pid'))}`,
    `appendonly ${appendonly ? 'yes' : 'no'}`,
    `appendfsync ${appendfsync}`,
    'save ""',
    'maxmemory-policy noeviction',
    ...(maxmemory ? [`maxmemory ${maxmemory}`] : []),
    `hz ${hz}`,
    // do not wait for a replica that is behind, nor gather replicas before a first copy
    'shutdown-timeout 0',
    'repl-diskless-sync-delay 0',
    ...extra,
    '',
  ].join('\n')
}

/** A free port may be taken between looking and using: another is tried, unless the caller asked for this one. */
async function onFreePort(wanted: number, start: (port: number) => Promise<RedisProcess>) {
  for (let attempt = 1; ; attempt++) {
    const port = wanted || (await freePort())
    try {
      return { port, first: await start(port) }
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('already in use')
      if (taken && !wanted && attempt < 5) continue
      if (taken) throw new RestyleError('PortTaken', `Port ${port} is taken by another process.`, {}, error)
      throw error
    }
  }
}

/**
 * A TCP port on 127.0.0.1 that nobody listens on at this moment. It lies below those that systems hand out by themselves,
 * so that no connection takes it before it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const server = createServer().listen(port, '127.0.0.1')
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    server.close()
    if (!free) continue
    await once(server, 'close')
    return port
  }
}

/** Two servers on one append-only file would ruin it. One whose parent has just died is given a moment to go. */
async function waitUntilFree(dir: string): Promise<void> {
  for (let look = 0; ; look++) {
    const pid = Number(await readFile(join(dir, 'redis.pid'), 'utf8').catch(() => '0'))
    if (!pid || !(await isRedis(pid))) return
    if (look === 30) {
      throw new Error(
        `Redis (process ${pid}) still uses ${dir}: another Restyle runs there. End that one, or kill ${pid}.`,
      )
    }
    await sleep(100)
  }
}

/** Asked of the system, because a pid file outlives a crash and its number is given to others. */
async function isRedis(pid: number): Promise<boolean> {
  if (process.platform === 'linux') {
    // "123 (redis-server) S …", where Z would be one that is dead and not yet buried
    return /\(redis-.*\) [^ZX]/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))
  }
  return spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes('redis')
}
