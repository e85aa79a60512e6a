import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Bucket } from './call-bucket.ts'
import { createOnly, onceHeaders } from './create-once.ts'
import type { PlainAnswer, PlainPuts } from './plain-put.ts'

/** `again` sends once less than `client`: for what was sent once already. */
export type WritableBucket = Bucket & { again: S3Client; plain: PlainPuts }

export type ObjectFacts = {
  contentType: string
  /** Of the bytes, in hex; kept as metadata and verified by the server on arrival. */
  sha256: string
  /** Printable ASCII only: it travels in headers. */
  metadata?: Readonly<Record<string, string>>
  cacheControl?: string
}

/** The SDK's first pause, before what was not answered is sent again. */
const pauseMs = 100

/** Writes an object where none is. What the server says otherwise is thrown as the SDK throws it. */
export async function putObject(
  bucket: WritableBucket,
  key: string,
  bytes: Buffer,
  facts: ObjectFacts,
  { abortSignal }: { abortSignal: AbortSignal },
): Promise<void> {
  const { plain, client, again } = bucket
  const answer = await plain.put(key, bytes, headersOf(bucket, bytes, facts), abortSignal)
  if (answer.kind === 'stored') return
  if (answer.kind === 'taken') throw asTheSdk(answer)
  if (answer.kind === 'unclear' && answer.later) await wait(pauseMs, undefined, { signal: abortSignal })
  const command = createOnly(new PutObjectCommand(inputOf(bucket, key, bytes, facts)), bucket.createOnce)
  const sender = answer.kind === 'untried' ? client : again
  plain.learnFrom(command, key, sender)
  await sender.send(command, { abortSignal })
}

const asTheSdk = ({ status, code = 'Error', said, requestId }: PlainAnswer & { kind: 'taken' }): Error =>
  Object.assign(new Error(said ?? code), {
    name: code,
    $metadata: { httpStatusCode: status, ...(requestId !== undefined && { requestId }) },
  })

function inputOf(
  { name, createOnce }: Bucket,
  key: string,
  bytes: Buffer,
  { contentType, sha256, metadata, cacheControl }: ObjectFacts,
) {
  return {
    Bucket: name,
    Key: key,
    Body: bytes,
    ContentType: contentType,
    ...(createOnce === 'if-none-match' ? { ChecksumSHA256: base64Of(sha256) } : { ContentMD5: md5Of(bytes) }),
    Metadata: { ...metadata, sha256 },
    ...(cacheControl !== undefined && { CacheControl: cacheControl }),
  }
}

/** The same as the headers that the SDK makes of it. */
function headersOf(
  { createOnce }: Bucket,
  bytes: Buffer,
  { contentType, sha256, metadata, cacheControl }: ObjectFacts,
): Record<string, string> {
  const noted = Object.entries({ ...metadata, sha256 })
  return {
    'content-type': contentType,
    'x-amz-content-sha256': sha256,
    // has the server verify the bytes on arrival, in a way that it knows
    ...(createOnce === 'if-none-match'
      ? { 'x-amz-checksum-sha256': base64Of(sha256) }
      : { 'content-md5': md5Of(bytes) }),
    ...onceHeaders(createOnce),
    ...Object.fromEntries(noted.map(([name, value]) => [`x-amz-meta-${name.toLowerCase()}`, value])),
    ...(cacheControl !== undefined && { 'cache-control': cacheControl }),
  }
}

const base64Of = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
const md5Of = (bytes: Buffer): string => createHash('md5').update(bytes).digest('base64')
