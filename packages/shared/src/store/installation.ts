import { randomUUID } from 'node:crypto'
import type { RedisClient } from '../redis/redis-client.ts'
import { ledgerKeys } from '../ledger/keys.ts'
import { z } from 'zod'
import { putJson } from './put-json.ts'
import type { Store } from './store.ts'

/** Whose the bucket is; written once, by the first worker or producer that starts on it. */
export const installationKey = '.restyle/installation'

const Installation = z.object({ v: z.literal(1), prefix: z.string(), id: z.string() })

/** Nobody here can tell a Redis that lost everything from one of a second installation with the same prefix. */
export const adoptedSays =
  'this Redis knew of no installation and took over that of the bucket: if another one still runs on it with a Redis of its own, stop this one, for each would make the edits of the other'

/** `adopted`: this Redis knew of no installation until now, while the bucket had one. */
export type Claim = { kind: 'ours'; adopted?: true } | { kind: 'foreign'; says: string }

/**
 * Makes the bucket this installation's, or says whose it is. Two installations on one bucket would each adopt the other's
 * edits. An installation is its prefix and an id, kept in Redis as well; a Redis that knows none has lost it, or is new,
 * and takes the bucket's. Rejects with what the store throws.
 */
export async function claimBucket(
  store: Pick<Store, 'get' | 'putIfAbsent'>,
  redis: RedisClient,
  prefix: string,
  newId: () => string = randomUUID,
): Promise<Claim> {
  const key = ledgerKeys(prefix).installation
  // a Redis that is away or full is told elsewhere: then the prefix alone tells whose the bucket is
  const remember = async (id: string): Promise<{ known: string; isNew: boolean }> => {
    try {
      const before = await redis.set(key, id, 'NX', 'GET')
      return { known: before ?? id, isNew: before === null }
    } catch {
      return { known: (await redis.get(key).catch(() => null)) ?? id, isNew: false }
    }
  }
  let text = await store.get(installationKey)
  if (text === undefined) {
    // Redis says which id it is: all of an installation write the same, whoever is first
    await putJson(store, installationKey, { v: 1, prefix, id: (await remember(newId())).known })
    text = await store.get(installationKey)
  }
  const owner = Installation.safeParse(parse(text))
  if (!owner.success)
    return foreign(`holds ${installationKey}, and this version cannot read it: is it a bucket of ours?`)
  if (owner.data.prefix !== prefix)
    return foreign(
      `belongs to the installation with RESTYLE_PREFIX=${owner.data.prefix}, and this one has ${prefix}: give this one a bucket of its own, or that prefix if the two are one`,
    )
  const { known, isNew } = await remember(owner.data.id)
  if (known === owner.data.id) return isNew ? { kind: 'ours', adopted: true } : { kind: 'ours' }
  return foreign(
    `belongs to another installation with this RESTYLE_PREFIX, which keeps its edits in another Redis: give this one a bucket of its own (or delete ${installationKey} there if that installation is gone for good)`,
  )
}

const foreign = (says: string): Claim => ({ kind: 'foreign', says: `the bucket ${says}` })

function parse(text: Buffer | undefined): unknown {
  try {
    return JSON.parse(text?.toString() ?? '')
  } catch {
    return undefined
  }
}
