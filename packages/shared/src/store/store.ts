import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { StoreDeed } from './classify.ts'
import { createOnly, saysTaken } from './create-once.ts'
import type { CreateOnce } from './create-once.ts'
import { probeBucket } from './probe.ts'
import type { Probe } from './probe.ts'
import { attemptsPerCall, openClients } from './s3-client.ts'
import { StoreError } from './store-error.ts'
import type { StoreOptions } from './store-options.ts'

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

export type ObjectHead = {
  bytes: number
  sha256?: string
  contentType: string
  metadata: Readonly<Record<string, string>>
  /** Changes when the object is replaced. */
  etag?: string
}

/** The bucket. Objects are created once and never overwritten or deleted. Failures are `StoreError`s. */
export type Store = {
  /** Never overwrites. Rejects with the signal's reason when `signal` aborts. */
  putIfAbsent(key: string, bytes: Buffer, facts: ObjectFacts, signal?: AbortSignal): Promise<PutOutcome>
  /** undefined when there is no such key, which S3 only tells those who may list. */
  get(key: string): Promise<Buffer | undefined>
  head(key: string): Promise<ObjectHead | undefined>
  /** In key order, from the first key behind `after`; `modifiedAt` in epoch ms. */
  list(
    prefix: string,
    options?: { after?: string },
  ): AsyncIterable<{ key: string; bytes: number; modifiedAt: number }>
  /** An address that anyone may read until it expires, on the server's public host where it has another. */
  presignGet(key: string, expiresInSeconds: number): Promise<string>
  /** Whether the bucket can be relied on; writes one small object under `.restyle/probe/`. */
  probe(signal?: AbortSignal): Promise<Probe>
  close(): void
}

const putRounds = 5

/** Opens the bucket; nothing is sent before the first call. */
export function openStore(options: StoreOptions): Store {
  const { bucket, requestTimeoutMs = 30_000, createOnce = 'if-none-match' } = options
  const { client, signer, close } = openClients(options, requestTimeoutMs)
  // one share more than the attempts, for the pauses between them and the body of an answer
  const callTimeoutMs = (attemptsPerCall + 1) * requestTimeoutMs

  async function call<T>(
    doing: string,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
    { signal, deed = 'read' }: { signal?: AbortSignal | undefined; deed?: StoreDeed } = {},
  ): Promise<T> {
    // not AbortSignal.timeout: joined with another signal it stays in memory until its time, long after the call
    const late = new AbortController()
    const timer = setTimeout(
      () => late.abort(new DOMException('no answer in time', 'TimeoutError')),
      callTimeoutMs,
    )
    const deadline = late.signal
    try {
      return await send({ abortSignal: signal ? AbortSignal.any([signal, deadline]) : deadline })
    } catch (error) {
      signal?.throwIfAborted()
      throw new StoreError(doing, error, deed)
    } finally {
      clearTimeout(timer)
    }
  }

  const get: Store['get'] = (key) =>
    absentAs404(
      call(`get ${key}`, async (limits) => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), limits)
        return Buffer.from((await Body?.transformToByteArray()) ?? [])
      }),
    )

  const head: Store['head'] = (key) =>
    absentAs404(
      call(`head ${key}`, async (limits) => {
        const withChecksum = createOnce === 'if-none-match' && ({ ChecksumMode: 'ENABLED' } as const)
        const asked = new HeadObjectCommand({ Bucket: bucket, Key: key, ...withChecksum })
        const answer = await client.send(asked, limits)
        const { ContentLength, ContentType, Metadata, ChecksumSHA256, ETag } = answer
        const sha256 = Metadata?.['sha256'] ?? hexOf(ChecksumSHA256)
        return {
          bytes: ContentLength ?? 0,
          contentType: ContentType ?? 'application/octet-stream',
          metadata: Metadata ?? {},
          ...(sha256 && { sha256 }),
          ...(ETag !== undefined && { etag: ETag }),
        }
      }),
    )

  async function compare(key: string, sha256: string): Promise<PutOutcome | undefined> {
    const held = await head(key)
    if (!held) return undefined
    const heldSha256 = held.sha256 ?? hashOf(await get(key))
    if (heldSha256 === sha256) return { kind: 'same' }
    return { kind: 'collision', ...(heldSha256 && { sha256: heldSha256 }) }
  }

  return {
    async putIfAbsent(key, bytes, { contentType, sha256, metadata, cacheControl }, signal) {
      const input = {
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: contentType,
        ...checksumOf(bytes, sha256, createOnce),
        Metadata: { ...metadata, sha256 },
        ...(cacheControl !== undefined && { CacheControl: cacheControl }),
      }
      for (let round = 1; ; round++) {
        const held = createOnce === 'off' ? await compare(key, sha256) : undefined
        if (held) return held
        try {
          const command = createOnly(new PutObjectCommand(input), createOnce)
          await call(`put ${key}`, (limits) => client.send(command, limits), { signal, deed: 'write' })
          return { kind: 'created' }
        } catch (error) {
          if (!(error instanceof StoreError)) throw error
          // perhaps our own: the SDK sends again what was stored but not answered
          const outcome = saysTaken(error, createOnce) ? await compare(key, sha256) : undefined
          if (outcome) return outcome
          // 409: someone is writing this key right now; taken without an object: they have just given up
          if ((error.status !== 409 && error.status !== 412) || round === putRounds) throw error
          await wait(50 * 2 ** round, undefined, { signal })
        }
      }
    },
    get,
    head,
    async *list(prefix, { after } = {}) {
      let token: string | undefined
      do {
        const asked = new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          StartAfter: after,
          ContinuationToken: token,
        })
        const page = await call(`list ${prefix}`, (limits) => client.send(asked, limits))
        for (const { Key: key, Size: bytes = 0, LastModified } of page.Contents ?? []) {
          if (key) yield { key, bytes, modifiedAt: LastModified?.getTime() ?? 0 }
        }
        token = page.NextContinuationToken
      } while (token)
    },
    presignGet: (key, expiresIn) =>
      call(`presign ${key}`, () =>
        getSignedUrl(signer, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn }),
      ),
    probe: (signal) => probeBucket(client, options, { signal }),
    close,
  }
}

/** Has the server verify the bytes on arrival, in a way that it knows. */
function checksumOf(bytes: Buffer, sha256: string, createOnce: CreateOnce) {
  return createOnce === 'if-none-match'
    ? { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') }
    : { ContentMD5: createHash('md5').update(bytes).digest('base64') }
}

async function absentAs404<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof StoreError && error.status === 404 && error.code !== 'NoSuchBucket') return undefined
    throw error
  }
}

function hexOf(base64: string | undefined) {
  return base64 && Buffer.from(base64, 'base64').toString('hex')
}

function hashOf(bytes: Buffer | undefined) {
  return bytes && createHash('sha256').update(bytes).digest('hex')
}
