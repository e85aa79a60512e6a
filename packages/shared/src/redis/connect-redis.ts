import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { RestyleError } from '../errors.ts'
import { LastingSentinel } from './lasting-sentinel.ts'
import { outageOf } from './outage.ts'
import type { RedisClient } from './redis-client.ts'
import { type RedisAddress, readRedisUrl } from './redis-url.ts'

export type RedisRole = keyof typeof patience

/** How long workers, producers and somebody who only looks wait for Redis. */
const patience = {
  // BullMQ's workers wait for Redis to come back, however long that takes; its blocking calls are answered within 10 s
  worker: { maxRetriesPerRequest: null, connectTimeout: 10_000, socketTimeout: 30_000 },
  // an HTTP caller gets the answer at once that nothing can be accepted now
  producer: { maxRetriesPerRequest: 1, connectTimeout: 2000, commandTimeout: 5000, socketTimeout: 6000 },
  // it hears by itself what a command meets, and says so better
  doctor: {
    maxRetriesPerRequest: 0,
    connectTimeout: 5000,
    commandTimeout: 5000,
    enableReadyCheck: false,
  },
} satisfies Record<string, RedisOptions>

type Options = Pick<
  RedisOptions,
  | 'maxRetriesPerRequest'
  | 'connectTimeout'
  | 'commandTimeout'
  | 'socketTimeout'
  | 'enableReadyCheck'
  | 'reconnectOnError'
  | 'username'
  | 'password'
  | 'tls'
>

/** From 0.1 s, doubling, to 2 s: an outage is asked about often enough to end soon, and not more. */
const retryMs = (times: number): number => Math.min(2000, 50 * 2 ** times) * (0.75 + Math.random() / 2)

/**
 * What a server says that has just stopped to be the master: a managed failover leaves connections open, and only a new
 * one leads to the new master.
 */
const demoted = /\b(READONLY|UNBLOCKED)\b/

/** Between two reconnects because of an answer. */
const leastReconnectMs = 1000

/**
 * Connects to a URL that `readRedisUrl` takes; throws `BadRedisUrl` for another one, and never for a Redis that is away:
 * that one is connected to when it comes. `onError` hears of every lost connection and of every command that was
 * refused because it serves nobody now; no error holds a command's arguments.
 */
export function connectRedis(url: string, role: RedisRole, onError: (error: Error) => void): RedisClient {
  const read = readRedisUrl(url)
  if (read.kind === 'fault') throw new RestyleError('BadRedisUrl', `the URL of Redis ${read.says}`)
  const options = { ...patience[role], reconnectOnError: judge(onError), ...credentialsOf(read.address) }
  const redis = open(read.address, options)
  if (role === 'worker') letQueuesFinish(redis)
  // the handshake's errors, which hold the password, come here only
  const heard = (error: Error): void => {
    forgetArguments(error)
    onError(error)
  }
  return redis.on('error', heard).on('node error', heard)
}

function open({ kind, nodes, db, sentinel, tls }: RedisAddress, options: Options): RedisClient {
  const [node] = nodes
  switch (kind) {
    case 'single':
      return new Redis({ ...node, ...options, db, retryStrategy: retryMs })
    case 'sentinel':
      return new Redis({
        ...options,
        db,
        retryStrategy: retryMs,
        sentinels: nodes,
        name: sentinel?.master ?? '',
        Connector: LastingSentinel,
        sentinelRetryStrategy: retryMs,
        // a master that hangs keeps its connections: the Sentinels say when there is another
        failoverDetector: true,
        enableTLSForSentinelMode: tls,
        ...(sentinel?.tls === true && { sentinelTLS: {} }),
        ...(sentinel?.user !== undefined && { sentinelUsername: sentinel.user }),
        ...(sentinel?.password !== undefined && { sentinelPassword: sentinel.password }),
      })
    case 'cluster':
      return new Cluster(nodes, {
        clusterRetryStrategy: retryMs,
        slotsRefreshTimeout: 5000,
        slotsRefreshInterval: 5000,
        // a certificate is for a name, and a name that was looked up is none any more
        ...(tls && { dnsLookup: (host, found) => found(null, host) }),
        redisOptions: options,
      })
  }
}

const credentialsOf = ({ user, password, tls }: RedisAddress): Options => ({
  ...(user !== undefined && { username: user }),
  ...(password !== undefined && { password }),
  ...(tls && { tls: {} }),
})

/** Every error that Redis answers with passes through here before the caller gets it. */
function judge(onError: (error: Error) => void): (error: Error) => boolean {
  let last = -Infinity
  return (error) => {
    forgetArguments(error)
    if (outageOf(error) !== undefined) onError(error)
    if (!demoted.test(error.message) || performance.now() - last < leastReconnectMs) return false
    last = performance.now()
    return true
  }
}

/** Arguments are prompts and keys: nobody who prints the error may meet them. */
function forgetArguments(error: Error & { command?: { name?: string }; lastNodeError?: unknown }): void {
  if (error.command !== undefined) error.command = { name: error.command.name ?? '' }
  if (error.lastNodeError instanceof Error) forgetArguments(error.lastNodeError)
  error.message = error.message.replace(/, with args beginning with: .*/s, '')
}

/**
 * Lets the queues' scripts run when Redis is out of memory, as the ledger's own `move` does: what was begun and may have
 * cost money must come to its end. They add little, and nothing new is accepted by then.
 */
function letQueuesFinish(redis: RedisClient): void {
  const define = redis.defineCommand.bind(redis)
  redis.defineCommand = (name, { lua, ...rest }) =>
    define(name, { ...rest, lua: `#!lua flags=allow-oom\n${lua}` })
}
