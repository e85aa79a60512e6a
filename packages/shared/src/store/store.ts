import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { type Bucket, callBucket } from './call-bucket.ts'
import { createObject, type PutOutcome } from './create-object.ts'
import { plainPuts } from './plain-put.ts'
import { probeBucket } from './probe.ts'
import type { Probe } from './probe.ts'
import type { ObjectFacts, WritableBucket } from './put-object.ts'
import { getObject, headObject, type ObjectHead } from './read-object.ts'
import { attemptsPerCall, openClients } from './s3-client.ts'
import type { StoreOptions } from './store-options.ts'

type ListedObject = { key: string; bytes: number; modifiedAt: number }

/** The bucket. Objects are created once and never overwritten or deleted. Failures are `StoreError`s. */
export type Store = {
  /** Never overwrites. Rejects with the signal's reason when `signal` aborts. */
  putIfAbsent(key: string, bytes: Buffer, facts: ObjectFacts, signal?: AbortSignal): Promise<PutOutcome>
  /** undefined when there is no such key, which S3 only tells those who may list. */
  get(key: string): Promise<Buffer | undefined>
  head(key: string): Promise<ObjectHead | undefined>
  /** In key order, from the first key behind `after`; `modifiedAt` in epoch ms. */
  list(prefix: string, options?: { after?: string }): AsyncIterable<ListedObject>
  /** An address that anyone may read until it expires, on the server's public host where it has another. */
  presignGet(key: string, expiresInSeconds: number): Promise<string>
  /** Whether the bucket can be relied on; writes one small object under `.restyle/probe/`. */
  probe(signal?: AbortSignal): Promise<Probe>
  close(): void
}

/** Opens the bucket; nothing is sent before the first call. */
export function openStore(options: StoreOptions): Store {
  const { bucket: name, requestTimeoutMs = 30_000, createOnce = 'if-none-match' } = options
  const { client, again, signer, close } = openClients(options, requestTimeoutMs)
  // one share more than the attempts, for the pauses between them and the body of an answer
  const callTimeoutMs = (attemptsPerCall + 1) * requestTimeoutMs
  const bucket: WritableBucket = { client, again, plain: plainPuts(), name, createOnce, callTimeoutMs }

  return {
    putIfAbsent: (key, bytes, facts, signal) => createObject(bucket, key, bytes, facts, signal),
    get: (key) => getObject(bucket, key),
    head: (key) => headObject(bucket, key),
    list: (prefix, { after } = {}) => listObjects(bucket, prefix, after),
    presignGet: (key, expiresIn) =>
      callBucket(bucket, `presign ${key}`, () =>
        getSignedUrl(signer, new GetObjectCommand({ Bucket: name, Key: key }), { expiresIn }),
      ),
    probe: (signal) => probeBucket(client, options, { signal }),
    close,
  }
}

async function* listObjects(
  bucket: Bucket,
  prefix: string,
  after: string | undefined,
): AsyncGenerator<ListedObject> {
  let token: string | undefined
  do {
    const asked = new ListObjectsV2Command({
      Bucket: bucket.name,
      Prefix: prefix,
      StartAfter: after,
      ContinuationToken: token,
    })
    const page = await callBucket(bucket, `list ${prefix}`, (limits) => bucket.client.send(asked, limits))
    for (const { Key: key, Size: bytes = 0, LastModified } of page.Contents ?? []) {
      if (key) yield { key, bytes, modifiedAt: LastModified?.getTime() ?? 0 }
    }
    token = page.NextContinuationToken
  } while (token)
}
