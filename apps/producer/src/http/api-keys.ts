import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { isLiveKey, type KeyRecord, type NumberedKey } from '@restyle/shared/contract/api-key'
import { RestyleError } from '@restyle/shared/errors'
import type { KeyShelf } from '@restyle/shared/ledger/api-keys'
import { ledgerKeys } from '@restyle/shared/ledger/keys'
import { openLedger } from '@restyle/shared/ledger/ledger'
import { reservedFolders } from '@restyle/shared/object-key'
import type { RedisClient } from '@restyle/shared/redis/redis-client'
import { z } from 'zod'
import { ordinaryScopes, type Scope, scopesOf } from './scopes.ts'

/** A producer's name. It becomes a part of Redis keys, and the first folder of the producer's images. */
export const ProducerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'must be 1 to 63 of a-z, 0-9 and -, not beginning with -' })
  .refine((name) => !reservedFolders.includes(name), {
    error: `must be none of ${reservedFolders.join(', ')}: those are folders of the bucket for something else`,
  })

/** Whose request it is, by which key, and what that may do. */
export type KeyHolder = { producer: string; keyId: string; scopes: readonly Scope[] }

const cacheMs = 3_000
const cacheMax = 10_000

/** A use of a key is noted when the last note is older. */
const useMs = 60_000

/** A key that nobody has yet, and what may be kept of it. */
export function newKey(): { key: string; id: string; hash: string } {
  const id = randomBytes(8).toString('hex')
  const secret = randomBytes(32).toString('hex')
  return { key: `rk_${id}_${secret}`, id, hash: hashOf(secret).toString('hex') }
}

/** Makes a key for a producer in Redis alone; what the bucket is to remember is made by `createKey` (key/change-keys.ts). */
export async function createApiKey(
  redis: RedisClient,
  prefix: string,
  producer: string,
  scopes?: readonly Scope[],
): Promise<{ key: string; keyId: string }> {
  const { key, id } = newKey()
  await installApiKey(redis, prefix, producer, key, scopes)
  return { key, keyId: id }
}

/** Gives a producer a key that was chosen before, in Redis alone; its secret has at least 16 letters and digits. */
export async function installApiKey(
  redis: RedisClient,
  prefix: string,
  producer: string,
  key: string,
  scopes: readonly Scope[] = ordinaryScopes,
): Promise<void> {
  const name = checkedName(producer)
  const parts = partsOf(key)
  if (parts === undefined) throw new RestyleError('BadApiKey', 'a key must look like rk_<keyId>_<secret>')
  const keys = ledgerKeys(prefix)
  const createdAt = Date.now()
  const hash = hashOf(parts.secret).toString('hex')
  await redis
    .multi()
    .hset(keys.apiKey(parts.keyId), { hash, producer: name, scopes: scopes.join(' '), createdAt })
    .zadd(keys.apiKeys, createdAt, parts.keyId)
    .sadd(keys.producers, name)
    .exec()
}

/** Ends a key that Redis alone has; every process refuses it within 3 s. False when there is no such key. */
export const revokeApiKey = (redis: RedisClient, prefix: string, keyId: string): Promise<boolean> =>
  openLedger(redis, prefix).apiKeys.revoke(keyId, Date.now())

/** A name that a producer may have. Throws `BadProducerName`. */
export function checkedName(producer: string): string {
  const name = ProducerName.safeParse(producer)
  if (name.success) return name.data
  throw new RestyleError('BadProducerName', `a producer's name ${name.error.issues[0]?.message}`)
}

/** Whether a key opens anything now (`now` in epoch ms). */
export const opens = (key: KeyRecord, now: number): boolean =>
  isLiveKey(key, now) && ProducerName.safeParse(key.producer).success

/** The keys as the server looks them up. An answer of Redis is cached for 3 seconds. */
export function openApiKeys(
  shelf: Pick<KeyShelf, 'read' | 'noteUse'>,
  { now, failed }: { now: () => number; failed: (error: unknown) => void },
) {
  const cache = new Map<string, { stored: NumberedKey; until: number }>()
  const noted = new Map<string, number>()

  async function find(keyId: string): Promise<NumberedKey | undefined> {
    const held = cache.get(keyId)
    if (held !== undefined && held.until > now()) return held.stored
    const stored = await shelf.read(keyId)
    if (stored === undefined) return undefined
    if (cache.size >= cacheMax) cache.clear()
    cache.set(keyId, { stored, until: now() + cacheMs })
    return stored
  }

  /** Nobody waits for it, and no request fails by it. */
  function noteUse(keyId: string): void {
    if (now() - (noted.get(keyId) ?? -Infinity) < useMs) return
    if (noted.size >= cacheMax) noted.clear()
    noted.set(keyId, now())
    shelf.noteUse(keyId, now()).catch((error: unknown) => {
      noted.delete(keyId)
      failed(error)
    })
  }

  /** Whom a key lets in; nobody where it opens nothing. */
  function letIn(keyId: string, stored: NumberedKey | undefined): KeyHolder | undefined {
    if (stored === undefined || !opens(stored, now())) return undefined
    noteUse(keyId)
    return { producer: stored.producer, keyId, scopes: scopesOf(stored.scopes) }
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
      const asked = hashOf(parts?.secret ?? '')
      const same = held.length === asked.length && timingSafeEqual(asked, held)
      return same && parts !== undefined ? letIn(parts.keyId, stored) : undefined
    },

    /** Whom the key with that id lets in; whoever asks has made sure already that the asker may use it. */
    holderOf: async (keyId: string): Promise<KeyHolder | undefined> => letIn(keyId, await find(keyId)),

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
      return letIn(keyId, stored)
    },
  }
}
export type ApiKeys = ReturnType<typeof openApiKeys>

function partsOf(key: string): { keyId: string; secret: string } | undefined {
  const [, keyId, secret] = /^rk_([A-Za-z0-9]{1,64})_([A-Za-z0-9]{16,128})$/.exec(key) ?? []
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret }
}

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()
