import { z } from 'zod'
import { KeyRecord, type NumberedKey } from '../contract/api-key.ts'
import { keyRecordKey, keyRecordsPrefix } from '../object-key.ts'
import { putJson } from '../store/put-json.ts'
import type { Store } from '../store/store.ts'

/*
 * API keys in the bucket: every version of a key, each created once; the newest counts. They hold the hash of a key and open
 * nothing. So a Redis that was lost or went back in time gets its keys back, and a key that was revoked stays so.
 */

const Kept = z.object({ v: z.literal(1), at: z.number(), key: KeyRecord })

type Reading = Pick<Store, 'list' | 'get'>

/** The newest version of a key that the bucket has; undefined where it has none. Throws what the store throws, and a `ZodError`. */
export async function newestKey(store: Reading, id: string): Promise<NumberedKey | undefined> {
  let newest = 0
  const prefix = keyRecordsPrefix(id)
  for await (const { key } of store.list(prefix)) newest = Math.max(newest, Number(key.slice(prefix.length)))
  return newest === 0 ? undefined : readKey(store, id, newest)
}

async function readKey(store: Reading, id: string, version: number): Promise<NumberedKey | undefined> {
  const text = (await store.get(keyRecordKey(id, version)))?.toString()
  return text === undefined ? undefined : { ...Kept.parse(JSON.parse(text)).key, version }
}

/** Writes the version after the one that was read; `false`: somebody else was faster. */
export async function writeKey(
  store: Pick<Store, 'putIfAbsent'>,
  { version, ...key }: NumberedKey,
  now: number,
): Promise<boolean> {
  const put = await putJson(store, keyRecordKey(key.id, version), { v: 1, at: now, key })
  return put.kind !== 'collision'
}

/** The newest version of every key that was ever recorded, by id. */
export async function keyVersions(store: Pick<Store, 'list'>): Promise<Map<string, number>> {
  const all = keyRecordsPrefix('').slice(0, -1)
  const versions = new Map<string, number>()
  for await (const { key } of store.list(all)) {
    const [id = '', version] = key.slice(all.length).split('/')
    versions.set(id, Math.max(versions.get(id) ?? 0, Number(version)))
  }
  return versions
}
