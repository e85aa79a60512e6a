import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { type Bucket, callBucket } from './call-bucket.ts'
import { type CreateOnce, createOnly, saysTaken } from './create-once.ts'
import { getObject, headObject } from './read-object.ts'
import { StoreError } from './store-error.ts'

export type ObjectFacts = {
  contentType: string
  /** Of the bytes, in hex; kept as metadata and verified by the server on arrival. */
  sha256: string
  /** Printable ASCII only: it travels in headers. */
  metadata?: Readonly<Record<string, string>>
  cacheControl?: string
}

/** `same`: these very bytes were there already. `collision`: others are, and they were left alone. */
export type PutOutcome = { kind: 'created' } | { kind: 'same' } | { kind: 'collision'; sha256?: string }

const putRounds = 5

/** Creates an object, or tells what is there already. Never overwrites. */
export async function createObject(
  bucket: Bucket,
  key: string,
  bytes: Buffer,
  { contentType, sha256, metadata, cacheControl }: ObjectFacts,
  signal?: AbortSignal,
): Promise<PutOutcome> {
  const { client, createOnce } = bucket
  const input = {
    Bucket: bucket.name,
    Key: key,
    Body: bytes,
    ContentType: contentType,
    ...checksumOf(bytes, sha256, createOnce),
    Metadata: { ...metadata, sha256 },
    ...(cacheControl !== undefined && { CacheControl: cacheControl }),
  }
  for (let round = 1; ; round++) {
    const held = createOnce === 'off' ? await compare(bucket, key, sha256) : undefined
    if (held) return held
    try {
      const command = createOnly(new PutObjectCommand(input), createOnce)
      await callBucket(bucket, `put ${key}`, (limits) => client.send(command, limits), {
        signal,
        deed: 'write',
      })
      return { kind: 'created' }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // perhaps our own: the SDK sends again what was stored but not answered
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

/** Has the server verify the bytes on arrival, in a way that it knows. */
function checksumOf(bytes: Buffer, sha256: string, createOnce: CreateOnce) {
  return createOnce === 'if-none-match'
    ? { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') }
    : { ContentMD5: createHash('md5').update(bytes).digest('base64') }
}

function hashOf(bytes: Buffer | undefined) {
  return bytes && createHash('sha256').update(bytes).digest('hex')
}
