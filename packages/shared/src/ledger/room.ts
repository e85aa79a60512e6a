import { ledgerKeys } from './keys.ts'
import type { Log } from '../log.ts'
import type { RedisClient } from '../redis/redis-client.ts'

/** What an edit takes in Redis until it ends, its event included, in bytes (docs/operations.md). */
const bytesPerEdit = 4096

/** The rest of the memory is kept for what runs already: it has to be written down until it ends. */
const shareForIntake = 0.9

/** Beyond this share room is made before there is none. */
const tightShare = 0.8

const cachedMs = 1000

/** Bytes as Redis counts them against `maxmemory`; undefined where there is no limit. */
export type Memory = { used: number; most: number }

/** Reads `INFO memory`. What does not count towards the limit (buffers of replicas and of the AOF) is left out. */
export function memoryOf(info: string): Memory | undefined {
  const fact = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
  const most = fact('maxmemory')
  return most === 0 ? undefined : { used: fact('used_memory') - fact('mem_not_counted_for_evict'), most }
}

/** Whether so many new edits leave the reserve untouched. */
export const hasRoom = (memory: Memory | undefined, edits: number): boolean =>
  memory === undefined || memory.used + edits * bytesPerEdit < shareForIntake * memory.most

/** Whether Redis nears its limit. */
export const isTight = (memory: Memory | undefined): boolean =>
  memory !== undefined && memory.used >= tightShare * memory.most

// with a key, so that a cluster asks the node that keeps the edits
const askMemory = "#!lua flags=no-writes\nreturn redis.call('INFO', 'memory')"

/** undefined where Redis has no limit, or does not tell. */
export const readMemory = (redis: RedisClient, prefix: string): Promise<Memory | undefined> =>
  redis.eval(askMemory, 1, ledgerKeys(prefix).ready).then(
    (info) => memoryOf(String(info)),
    () => undefined,
  )

/**
 * Asks Redis, once a second at most, whether it has room for new edits. One that does not tell its memory has room. That
 * there is none is logged once, and that there is some again.
 */
export function watchRoom(
  redis: RedisClient,
  prefix: string,
  log: Log,
  now: () => number = performance.now.bind(performance),
) {
  let known: { at: number; memory: Promise<Memory | undefined> } | undefined
  let full = false
  const memory = (): Promise<Memory | undefined> => {
    if (known !== undefined && now() - known.at < cachedMs) return known.memory
    const asked = readMemory(redis, prefix)
    known = { at: now(), memory: asked }
    return asked
  }
  return async (edits: number): Promise<boolean> => {
    const found = await memory()
    const room = hasRoom(found, edits)
    const isFull = !hasRoom(found, 0)
    const facts = { usedBytes: found?.used, maxBytes: found?.most }
    if (isFull && !full) log.error(facts, 'redis is nearly full: nothing new is accepted')
    if (full && !isFull) log.info(facts, 'redis has room again')
    full = isFull
    return room
  }
}
export type RoomFor = ReturnType<typeof watchRoom>
