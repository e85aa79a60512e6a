import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { type Bucket, callBucket } from './call-bucket.ts'
import { saysTaken } from './create-once.ts'
import { type ObjectFacts, putObject, type WritableBucket } from './put-object.ts'
import { getObject, headObject } from './read-object.ts'
import { StoreError } from './store-error.ts'

/** `same`: these very bytes were there already. `collision`: others are, and they were left alone. */
export type PutOutcome = { kind: 'created' } | { kind: 'same' } | { kind: 'collision'; sha256?: string }

const putRounds = 5

/** Creates an object, or tells what is there already. Never overwrites. */
export async function createObject(
  bucket: WritableBucket,
  key: string,
  bytes: Buffer,
  facts: ObjectFacts,
  signal?: AbortSignal,
): Promise<PutOutcome> {
  const { createOnce } = bucket
  const { sha256 } = facts
  for (let round = 1; ; round++) {
    const held = createOnce === 'off' ? await compare(bucket, key, sha256) : undefined
    if (held) return held
    try {
      const put = (limits: { abortSignal: AbortSignal }) => putObject(bucket, key, bytes, facts, limits)
      await callBucket(bucket, `put ${key}`, put, { signal, deed: 'write' })
      return { kind: 'created' }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // perhaps our own: sent again what was stored but not answered
      const outcome = saysTaken(error, createOnce) ? await compare(bucket, key, sha256) : undefined
      if (outcome) return outcome
      // 409: someone is writing this key right now; taken without an object: they have just given up
      if ((error.status !== 409 && error.status !== 412) || round === putRounds) throw error
      await wait(50 * 2 ** round, undefined, { signal })
    }
  }
}

async function compare(bucket: Bucket, key: string, sha256: string): Promise<PutOutcome | undefined> {
  const held = await headObject(bucket, key)
  if (!held) return undefined
  const heldSha256 = held.sha256 ?? hashOf(await getObject(bucket, key))
  if (heldSha256 === sha256) return { kind: 'same' }
  return { kind: 'collision', ...(heldSha256 && { sha256: heldSha256 }) }
}

function hashOf(bytes: Buffer | undefined) {
  return bytes && createHash('sha256').update(bytes).digest('hex')
}
