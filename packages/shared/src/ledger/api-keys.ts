import { z } from 'zod'
import { endOfKey, isLiveKey, keptKeyMs, keyNameLength, type NumberedKey } from '../contract/api-key.ts'
import { evenWhenFull } from '../redis/even-when-full.ts'
import { keysLike } from '../redis/redis-client.ts'
import { type KeySessions, openKeySessions } from './key-sessions.ts'
import { answersOf, type LedgerContext } from './record.ts'

const time = z.coerce.number().optional()

/** The fields of a key's hash. */
const StoredKey = z.object({
  hash: z.string(),
  producer: z.string(),
  name: z.string().optional(),
  scopes: z
    .string()
    .optional()
    .transform((text) => text?.split(' ')),
  createdAt: z.coerce.number(),
  expiresAt: time,
  lifeMs: time,
  revokedAt: time,
  successor: z.string().optional(),
  predecessor: z.string().optional(),
  version: z.coerce.number().default(0),
})

/** Where a list of keys goes on: behind this one. */
export type KeyPlace = { at: number; id: string }

/** A key that is listed; `record` is undefined where it cannot be read: it opens nothing, and hides none of the others. */
export type ListedKey = { place: KeyPlace; record: NumberedKey | undefined }

/** API keys in Redis, which the bucket has too (receipt/key-record.ts), but for those that were installed or are older. */
export type KeyShelf = {
  /** undefined where there is none, or none that can be read. */
  read(id: string): Promise<NumberedKey | undefined>
  /** Up to `limit` keys after `after`, by when they were made. */
  list(after: KeyPlace | undefined, limit: number): Promise<ListedKey[]>
  /** What keys are called, in the order of their ids; undefined of one that has no name, or is forgotten. */
  namesOf(ids: readonly string[]): Promise<(string | undefined)[]>
  /** The keys of a producer that are live at `now` (epoch ms). It looks through all keys. */
  liveOf(producer: string, now: number): Promise<NumberedKey[]>
  /** Saves a version that the bucket has. A key that was revoked here stays so. */
  save(key: NumberedKey): Promise<'saved' | 'known'>
  /** Ends a key here and at once; the bucket is to hear of it too. False where there is none. */
  revoke(id: string, at: number): Promise<boolean>
  /** Notes when (epoch ms) a key was used. Cheap, and not to be called for each request. */
  noteUse(id: string, at: number): Promise<void>
  /** When (epoch ms) each key was last used, to about a minute. */
  usedAt(ids: readonly string[]): Promise<(number | undefined)[]>
  sessions: KeySessions
}

/** How many are read from the index at a time. */
const pageSize = 500

/** In the index once it has all keys: older versions made keys without it. */
const complete = { member: '', score: -1 }

export function openKeyShelf(context: LedgerContext): KeyShelf {
  const { redis, keys, run } = context
  return {
    sessions: openKeySessions(context),
    read: async (id) => recordOf(id, await redis.hgetall(keys.apiKey(id))),
    list: (after, limit) => listKeys(context, after, limit),
    namesOf: async (ids) => {
      const pipeline = redis.pipeline()
      for (const id of ids) pipeline.hget(keys.apiKey(id), 'name')
      const names = (await answersOf(pipeline)) as (string | null)[]
      return names.map((name) => name?.slice(0, keyNameLength))
    },
    liveOf: (producer, now) => liveKeysOf(context, producer, now),
    save: async (record) => {
      const { id, producer, version, createdAt } = record
      const end = endOfKey(record)
      return (await run('save-key', [keys.apiKey(id)], {
        id,
        producer,
        version,
        createdAt,
        fields: fieldsOf(record),
        ...(end === undefined ? {} : { forgetAt: end + keptKeyMs }),
      })) as 'saved' | 'known'
    },
    revoke: async (id, at) => {
      const name = keys.apiKey(id)
      if ((await redis.exists(name)) === 0) return false
      if ((await redis.hexists(name, 'revokedAt')) === 0)
        await evenWhenFull(redis, 'HSET', name, 'revokedAt', at)
      return true
    },
    noteUse: async (id, at) => void (await redis.zadd(keys.keyUses, 'GT', at, id)),
    usedAt: async (ids) => {
      if (ids.length === 0) return []
      const scores = await redis.zmscore(keys.keyUses, ...ids)
      return scores.map((score) => (score === null ? undefined : Number(score)))
    },
  }
}

function recordOf(id: string, fields: Record<string, string>): NumberedKey | undefined {
  const { data } = StoredKey.safeParse(fields)
  return data && { id, ...data }
}

/** What a key's hash does not have as it stands: its name is in that of the hash, the script writes the version. */
const apart = ['id', 'version', 'scopes']

function fieldsOf({ scopes, ...record }: NumberedKey): Record<string, string> {
  const set = Object.entries(record).filter(([name, value]) => value !== undefined && !apart.includes(name))
  return {
    ...Object.fromEntries(set.map(([name, value]) => [name, String(value)])),
    ...(scopes === undefined ? {} : { scopes: scopes.join(' ') }),
  }
}

async function listKeys(
  context: LedgerContext,
  after: KeyPlace | undefined,
  limit: number,
): Promise<ListedKey[]> {
  const { redis, keys } = context
  await completeIndex(context)
  const listed: ListedKey[] = []
  for (let skip = 0; ; skip += pageSize) {
    const flat = await redis.zrangebyscore(
      keys.apiKeys,
      after?.at ?? 0,
      '+inf',
      'WITHSCORES',
      'LIMIT',
      skip,
      pageSize,
    )
    const places = placesOf(flat).filter(
      ({ at, id }) => after === undefined || at > after.at || id > after.id,
    )
    const pipeline = redis.pipeline()
    for (const { id } of places) pipeline.hgetall(keys.apiKey(id))
    const found = (await answersOf(pipeline)) as Record<string, string>[]
    for (const [i, place] of places.entries()) {
      const fields = found[i] ?? {}
      // it ended long ago
      if (Object.keys(fields).length === 0) await forget(context, place.id)
      else listed.push({ place, record: recordOf(place.id, fields) })
      if (listed.length === limit) return listed
    }
    if (flat.length < 2 * pageSize) return listed
  }
}

async function liveKeysOf(context: LedgerContext, producer: string, now: number): Promise<NumberedKey[]> {
  const live: NumberedKey[] = []
  let after: KeyPlace | undefined
  do {
    const page = await listKeys(context, after, pageSize)
    after = page.length === pageSize ? page.at(-1)?.place : undefined
    for (const { record } of page)
      if (record?.producer === producer && isLiveKey(record, now)) live.push(record)
  } while (after !== undefined)
  return live
}

function placesOf(flat: readonly string[]): KeyPlace[] {
  return flat.flatMap((id, i) => (i % 2 === 1 ? [] : [{ at: Number(flat[i + 1]), id }]))
}

async function forget({ redis, keys }: LedgerContext, id: string): Promise<void> {
  await redis.zrem(keys.apiKeys, id)
  await redis.zrem(keys.keyUses, id)
}

/** Looks once through all of Redis for keys that older versions made. */
async function completeIndex({ redis, keys }: LedgerContext): Promise<void> {
  if ((await redis.zscore(keys.apiKeys, complete.member)) !== null) return
  const start = keys.apiKey('')
  for await (const name of keysLike(redis, `${start}*`)) {
    const createdAt = Number(await redis.hget(name, 'createdAt'))
    await redis.zadd(keys.apiKeys, Number.isFinite(createdAt) ? createdAt : 0, name.slice(start.length))
  }
  await redis.zadd(keys.apiKeys, complete.score, complete.member)
}
