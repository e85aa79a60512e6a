import { endOfKey, isLiveKey, mostLiveKeys, type NumberedKey } from '@restyle/shared/contract/api-key'
import { RestyleError } from '@restyle/shared/errors'
import type { KeyShelf } from '@restyle/shared/ledger/api-keys'
import { newestKey, writeKey } from '@restyle/shared/receipt/key-record'
import type { Store } from '@restyle/shared/store/store'
import { checkedName, newKey } from '../http/api-keys.ts'
import { ordinaryScopes, type Scope } from '../http/scopes.ts'

/*
 * Makes, rotates and ends API keys. The bucket has every version of a key, each created once: so of two who change it at the
 * same moment one sees what the other did, and a Redis that lost its keys gets them back.
 */

export type KeyTools = {
  ledger: { apiKeys: KeyShelf; takesWrites(): Promise<void> }
  store: Pick<Store, 'list' | 'get' | 'putIfAbsent'>
  /** Epoch ms. */
  now: () => number
}

/** A key as it is shown once. */
export type MadeKey = { key: string; record: NumberedKey }

/** `lifeMs`: how long it and each of its successors live; for ever if left out. */
export type NewKey = { producer: string; name?: string; scopes?: readonly Scope[]; lifeMs?: number }

/** Makes a key. `full`: the producer has as many live ones as it may have. Throws `BadProducerName`, and what the store throws. */
export async function createKey(
  { producer, name, scopes = ordinaryScopes, lifeMs }: NewKey,
  tools: KeyTools,
): Promise<MadeKey | 'full'> {
  checkedName(producer)
  if ((await liveKeysOf(producer, tools)) >= mostLiveKeys) return 'full'
  await tools.ledger.takesWrites()
  const { key, id, hash } = newKey()
  const at = tools.now()
  const may = { producer, name, scopes: [...scopes] }
  const record = { id, hash, ...may, createdAt: at, ...livesFor(lifeMs, at), version: 1 }
  await keep(record, tools)
  return { key, record }
}

const livesFor = (lifeMs: number | undefined, from: number): Pick<NumberedKey, 'expiresAt' | 'lifeMs'> =>
  lifeMs === undefined ? {} : { expiresAt: from + lifeMs, lifeMs }

/** Writes a first version, which nobody else can have. */
async function keep(record: NumberedKey, { ledger, store, now }: KeyTools): Promise<void> {
  if (!(await writeKey(store, record, now())))
    throw new RestyleError('KeyCollision', 'a key of this id is there already', { keyId: record.id })
  await ledger.apiKeys.save(record)
}

const liveKeysOf = async (producer: string, { ledger, now }: KeyTools): Promise<number> =>
  (await ledger.apiKeys.liveOf(producer, now())).length

/** `ended`: it opens nothing any more. `rotated`: its successor is in use. `full`: as for a new key. */
export type Rotated =
  | ({ kind: 'rotated'; old: NumberedKey } & MadeKey)
  | { kind: 'none' | 'ended' | 'in-use' | 'full' }

/** Two at the same moment: one of them sees what the other has made of the key. */
const mostTries = 10

/**
 * Gives a key a successor that may do the same and lives as long. The old one ends `overlapMs` later, or when it would have
 * ended anyhow. Whoever lost the answer may rotate again: a successor that nobody has used yet is revoked for the next one.
 */
export async function rotateKey(id: string, overlapMs: number, tools: KeyTools): Promise<Rotated> {
  const { ledger, store, now } = tools
  for (let tries = 0; tries < mostTries; tries += 1) {
    const old = await readKey(id, tools)
    if (old === undefined) return { kind: 'none' }
    const at = now()
    if (!isLiveKey(old, at)) return { kind: 'ended' }
    if (old.successor !== undefined && (await isInUse(old.successor, tools))) return { kind: 'in-use' }
    if (old.successor === undefined && (await liveKeysOf(old.producer, tools)) >= mostLiveKeys)
      return { kind: 'full' }
    await ledger.takesWrites()
    const next = newKey()
    const expiresAt = Math.min(at + overlapMs, endOfKey(old) ?? Infinity)
    const changed = { ...old, successor: next.id, expiresAt, version: old.version + 1 }
    // whoever writes this version has rotated it, and nobody else
    if (!(await writeKey(store, changed, at))) continue
    if (old.successor !== undefined) await revokeKey(old.successor, {}, tools)
    const record: NumberedKey = {
      id: next.id,
      hash: next.hash,
      producer: old.producer,
      name: old.name,
      scopes: old.scopes,
      createdAt: at,
      ...livesFor(old.lifeMs, at),
      predecessor: id,
      version: 1,
    }
    await keep(record, tools)
    // whoever has rotated it since found no successor to revoke
    if ((await newestKey(store, id))?.successor !== next.id) {
      await revokeKey(next.id, {}, tools)
      return { kind: 'in-use' }
    }
    await ledger.apiKeys.save(changed)
    return { kind: 'rotated', old: changed, key: next.key, record }
  }
  throw new RestyleError('Contested', 'a key is changed again and again by others', { keyId: id })
}

async function isInUse(id: string, tools: KeyTools): Promise<boolean> {
  const [usedAt] = await tools.ledger.apiKeys.usedAt([id])
  if (usedAt === undefined) return false
  const key = await readKey(id, tools)
  return key !== undefined && isLiveKey(key, tools.now())
}

/**
 * Ends a key, here at once and then in the bucket; with `successors` also those that came from it by rotation. Gives it as it
 * is then; undefined where there is none. To revoke it twice is to revoke it once: after an error send it again.
 */
export async function revokeKey(
  id: string,
  { successors = false }: { successors?: boolean },
  tools: KeyTools,
): Promise<NumberedKey | undefined> {
  const { ledger, store, now } = tools
  await ledger.apiKeys.revoke(id, now())
  for (let tries = 0; tries < mostTries; tries += 1) {
    const known = await readKey(id, tools)
    if (known === undefined) return undefined
    const at = now()
    const kept = await newestKey(store, id)
    if (kept?.revokedAt === undefined) {
      const changed = {
        ...known,
        revokedAt: known.revokedAt ?? at,
        version: Math.max(kept?.version ?? 0, known.version) + 1,
      }
      if (!(await writeKey(store, changed, at))) continue
      await ledger.apiKeys.save(changed)
    }
    if (successors && known.successor !== undefined) await revokeKey(known.successor, { successors }, tools)
    return readKey(id, tools)
  }
  throw new RestyleError('Contested', 'a key is changed again and again by others', { keyId: id })
}

/** The newest version of a key that the bucket or Redis knows: either may be behind. */
export async function readKey(
  id: string,
  { ledger, store }: Pick<KeyTools, 'store'> & { ledger: { apiKeys: Pick<KeyShelf, 'read'> } },
): Promise<NumberedKey | undefined> {
  const [held, kept] = await Promise.all([ledger.apiKeys.read(id), newestKey(store, id)])
  if (held === undefined || kept === undefined) return kept ?? held
  const newer = kept.version >= held.version ? kept : held
  return { ...newer, revokedAt: kept.revokedAt ?? held.revokedAt }
}
