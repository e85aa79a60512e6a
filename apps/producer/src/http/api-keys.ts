import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { RestyleError } from '@restyle/shared/errors'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { reservedFolders } from '@restyle/shared/object-key'
import { keysLike, type RedisClient } from '@restyle/shared/redis/redis-client'
import { z } from 'zod'
import { ordinaryScopes, type Scope, scopesOf } from './scopes.ts'

/** A producer's name. It becomes a part of Redis keys, and the first folder of the producer's images. */
const ProducerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'must be 1 to 63 of a-z, 0-9 and -, not beginning with -' })
  .refine((name) => !reservedFolders.includes(name), {
    error: `must be none of ${reservedFolders.join(', ')}: those are folders of the bucket for something else`,
  })

const StoredKey = z.object({
  /** SHA-256 of the secret, in hex. The secret is 256 random bits, so a slow hash would add nothing. */
  hash: z.string(),
  producer: z.string(),
  /** Absent in a key that an older version made. */
  scopes: z.string().optional().transform(scopesOf),
  createdAt: z.coerce.number(),
  revokedAt: z.coerce.number().optional(),
})
type StoredKey = z.infer<typeof StoredKey>

/** Whose request it is, by which key, and what that may do. */
export type KeyHolder = { producer: string; keyId: string; scopes: readonly Scope[] }

const cacheMs = 3_000
const cacheMax = 10_000

/** Makes a key for a producer. Only its hash is stored: this is the one time that the key is shown. */
export async function createApiKey(
  redis: RedisClient,
  prefix: string,
  producer: string,
  scopes?: readonly Scope[],
): Promise<{ key: string; keyId: string }> {
  const keyId = randomBytes(8).toString('hex')
  const key = `rk_${keyId}_${randomBytes(32).toString('hex')}`
  await installApiKey(redis, prefix, producer, key, scopes)
  return { key, keyId }
}

/** Gives a producer a key that was chosen before; its secret has at least 16 letters and digits. */
export async function installApiKey(
  redis: RedisClient,
  prefix: string,
  producer: string,
  key: string,
  scopes: readonly Scope[] = ordinaryScopes,
): Promise<void> {
  const name = ProducerName.safeParse(producer)
  if (!name.success)
    throw new RestyleError('BadProducerName', `a producer's name ${name.error.issues[0]?.message}`)
  const parts = partsOf(key)
  if (parts === undefined) throw new RestyleError('BadApiKey', 'a key must look like rk_<keyId>_<secret>')
  await redis
    .multi()
    .hset(ledgerKeys(prefix).apiKey(parts.keyId), {
      hash: hashOf(parts.secret).toString('hex'),
      producer: name.data,
      scopes: scopes.join(' '),
      createdAt: Date.now(),
    })
    .sadd(ledgerKeys(prefix).producers, name.data)
    .exec()
}

/** Revokes a key; every process refuses it within 3 s. False when there is no such key. */
export async function revokeApiKey(redis: RedisClient, prefix: string, keyId: string): Promise<boolean> {
  const name = ledgerKeys(prefix).apiKey(keyId)
  if ((await redis.exists(name)) === 0) return false
  await redis.hset(name, 'revokedAt', Date.now())
  return true
}

/** Every key that was ever made, without its secret; times in epoch ms. */
export async function listApiKeys(redis: RedisClient, prefix: string) {
  const start = ledgerKeys(prefix).apiKey('')
  const names = new Set<string>()
  for await (const name of keysLike(redis, `${start}*`)) names.add(name)
  const keys = await Promise.all(
    [...names].map(async (name) => {
      const stored = StoredKey.safeParse(await redis.hgetall(name))
      // one that cannot be read opens nothing, and hides none of the others
      const none: readonly Scope[] = []
      const unread = { producer: '?', createdAt: 0, revokedAt: 0, scopes: none }
      const { producer, createdAt, revokedAt, scopes } = stored.data ?? unread
      return { keyId: name.slice(start.length), producer, createdAt, revokedAt, scopes }
    }),
  )
  return keys.toSorted((a, b) => a.createdAt - b.createdAt)
}

/** The keys as the server looks them up. An answer of Redis is cached for 3 seconds. */
export function openApiKeys(redis: RedisClient, prefix: string, now: () => number = Date.now) {
  const cache = new Map<string, { stored: StoredKey; until: number }>()

  async function find(keyId: string): Promise<StoredKey | undefined> {
    const held = cache.get(keyId)
    if (held !== undefined && held.until > now()) return held.stored
    const fields = await redis.hgetall(ledgerKeys(prefix).apiKey(keyId))
    if (fields['hash'] === undefined) return undefined
    const { data: stored } = StoredKey.safeParse(fields)
    if (stored === undefined) return undefined
    if (cache.size >= cacheMax) cache.clear()
    cache.set(keyId, { stored, until: now() + cacheMs })
    return stored
  }

  return {
    /**
     * Whose key an `Authorization: Bearer …` header carries; undefined for anything that is not a live key. A name that
     * was given away before it was reserved opens nothing any more: its images would be lost.
     */
    verify: async (header: string | undefined): Promise<KeyHolder | undefined> => {
      const parts = partsOf(/^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '')
      const stored = parts && (await find(parts.keyId))
      // an unknown key costs the same comparison as a wrong one
      const held = Buffer.from(stored?.hash ?? '0'.repeat(64), 'hex')
      const same = timingSafeEqual(hashOf(parts?.secret ?? ''), held)
      return same && parts !== undefined ? holderOf(parts.keyId, stored) : undefined
    },

    /**
     * Whose key signed a text: HMAC-SHA256 in hex, under the hex SHA-256 of the key's secret. undefined for anything that is not
     * the signature of a live key.
     */
    verifySigned: async (keyId: string, text: string, signature: string): Promise<KeyHolder | undefined> => {
      const stored = await find(keyId)
      const own = createHmac('sha256', stored?.hash ?? '')
        .update(text)
        .digest()
      const came = Buffer.from(signature, 'hex')
      if (came.length !== own.length || !timingSafeEqual(came, own)) return undefined
      return holderOf(keyId, stored)
    },
  }
}
export type ApiKeys = ReturnType<typeof openApiKeys>

/** Whom a key lets in; nobody where it is gone, or was given to a name that is none any more. */
function holderOf(keyId: string, stored: StoredKey | undefined): KeyHolder | undefined {
  if (stored === undefined || stored.revokedAt !== undefined) return undefined
  if (!ProducerName.safeParse(stored.producer).success) return undefined
  return { producer: stored.producer, keyId, scopes: stored.scopes }
}

function partsOf(key: string): { keyId: string; secret: string } | undefined {
  const [, keyId, secret] = /^rk_([A-Za-z0-9]{1,64})_([A-Za-z0-9]{16,128})$/.exec(key) ?? []
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret }
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()
