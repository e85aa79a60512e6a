import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { Cluster } from 'ioredis'
import type { Log } from '../log.ts'
import { sleep } from '../sleep.ts'
import { withTimeout } from '../with-timeout.ts'
import { connectRedis } from './connect-redis.ts'
import { explainRedis, type RedisTrouble } from './explain.ts'
import type { RedisClient } from './redis-client.ts'
import { type RedisAddress, type RedisNode, readRedisUrl } from './redis-url.ts'

/** What a trial came to. `info` is Redis's own, of the server that keeps our keys. */
export type RedisTrial = { kind: 'works'; info: string } | RedisTrouble

/** Longer than this nobody waits for a Redis: then it is away. */
const patienceMs = 8000

/**
 * Writes, runs a script, reads it back and tries every kind of command that the product needs, on a connection of its
 * own. Never rejects for anything that Redis did, and ends within ten seconds.
 */
export async function tryRedis(url: string, prefix: string): Promise<RedisTrial> {
  const read = readRedisUrl(url)
  if (read.kind === 'fault') return { kind: 'refused', says: `REDIS_URL ${read.says}` }
  const met: string[] = []
  const note = (error: Error & { code?: unknown; lastNodeError?: unknown }): void => {
    met.unshift(`${typeof error.code === 'string' ? error.code : ''} ${error.message}`)
    if (error.lastNodeError instanceof Error) note(error.lastNodeError)
  }
  const redis = connectRedis(url, 'doctor', note)
  redis.on('sentinelError', note)
  try {
    const trial = await withTimeout(patienceMs, work(redis, read.address, `${prefix}:trial:${randomUUID()}`))
    // a SELECT that fails leaves the connection in database 0
    return met.some((each) => each.includes('DB index')) ? explainRedis(read.address, met) : trial
  } catch (error) {
    if (error instanceof Error) note(error)
    const [node] = read.address.nodes
    if (read.address.tls && node !== undefined && (await speaksPlainly(node)))
      met.unshift('before secure TLS')
    return explainRedis(read.address, met)
  } finally {
    redis.disconnect()
  }
}

/** Whether a server answers an unencrypted PING: one that does leaves a TLS handshake without an answer. */
async function speaksPlainly(node: RedisNode): Promise<boolean> {
  const socket = connect({ ...node, timeout: 1000 })
  const answer = Promise.withResolvers<boolean>()
  socket.once('connect', () => socket.write('PING\r\n'))
  socket.once('data', (bytes) => answer.resolve(/^[+-]/.test(bytes.toString())))
  for (const end of ['timeout', 'error', 'close']) socket.once(end, () => answer.resolve(false))
  const plain = await answer.promise
  socket.destroy()
  return plain
}

const info = "#!lua flags=no-writes\nreturn redis.call('INFO')"
const readBack = "#!lua flags=allow-oom\nreturn redis.call('GET', KEYS[1])"

async function work(redis: RedisClient, address: RedisAddress, key: string): Promise<RedisTrial> {
  const forbidden: string[] = []
  // one that is full works for what runs already, and the doctor says how full it is
  let full = false
  const may = async (what: string, act: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await act()
    } catch (error) {
      const message = error instanceof Error ? error.message : ''
      if (/\bOOM\b/.test(message)) {
        full = true
        return undefined
      }
      if (!/NOPERM|ACL failure|executing the script can't run/.test(message)) throw error
      forbidden.push(
        /\bkey/.test(message)
          ? `${what} on keys of the prefix`
          : /channel/.test(message)
            ? `${what} on channels of the prefix`
            : what,
      )
      return undefined
    }
  }
  await may('SET', () => redis.set(key, 'ours', 'PX', 10_000))
  const back = await may('EVAL', () => redis.eval(readBack, 1, key))
  for (const [what, act] of Object.entries(commands)) await may(what, () => act(redis, key))
  // a cluster asks the node that keeps our keys only if there is a key
  const told = await may('INFO', () => redis.eval(info, 1, key))
  // last: nothing else may follow on a connection that listens
  await may('SUBSCRIBE', () => redis.subscribe(key))
  if (forbidden.length > 0)
    return {
      kind: 'refused',
      says: `the user of REDIS_URL may not use ${forbidden.join(', ')}: give it +@all -@dangerous +info +keys, ~<prefix>* and &<prefix>*`,
    }
  if (back !== 'ours' && !full)
    return {
      kind: 'away',
      says: 'it did not give back what was written to it: several servers may stand behind one address',
    }
  const facts = String(told)
  // one that still takes writes would lose them
  if (/^role:slave/m.test(facts)) return explainRedis(address, ['READONLY'])
  if (/^cluster_enabled:1/m.test(facts) && !(redis instanceof Cluster))
    return explainRedis(address, ['cluster mode'])
  return { kind: 'works', info: facts }
}

/** One command of each kind that the ledger, the queues and the events use. All act on the key of the trial. */
const commands: Record<string, (redis: RedisClient, key: string) => Promise<unknown>> = {
  DEL: (redis, key) => redis.del(key),
  HSET: (redis, key) => redis.hset(`${key}:hash`, 'a', '1'),
  HGETALL: (redis, key) => redis.hgetall(`${key}:hash`),
  PEXPIRE: (redis, key) => redis.pexpire(`${key}:hash`, 1000),
  ZRANGE: (redis, key) => redis.zrange(key, '0', '1'),
  BZPOPMIN: (redis, key) => redis.bzpopmin(key, 0.01),
  XRANGE: (redis, key) => redis.xrange(key, '-', '+'),
  PUBLISH: (redis, key) => redis.publish(key, 'tried'),
}

/** Tries until Redis is there: it may start after those who need it. Says what is wrong, and not again while it stays so. */
export async function tryUntilHere(
  attempt: () => Promise<RedisTrial>,
  log: Log,
  stopping?: AbortSignal,
): Promise<RedisTrial> {
  let said = ''
  for (;;) {
    const trial = await attempt()
    if (trial.kind !== 'away' || stopping?.aborted === true) return trial
    if (trial.says !== said) log.warn({ what: 'redis' }, trial.says)
    said = trial.says
    await sleep(1000, stopping)
  }
}
