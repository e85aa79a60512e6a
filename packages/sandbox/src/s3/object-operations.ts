import { headersOf, headersToKeep } from './object-headers.ts'
import type { ObjectRecord } from './object-record.ts'
import type { S3Call, S3Handler, S3Reply } from './s3-call.ts'
import { S3Error } from './s3-error.ts'

const overridable = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
]

/** PutObject with If-None-Match: * and If-Match. */
export const putObject: S3Handler = async (
  { bucket, key, headers, conditions, body, digests, now },
  { buckets },
) => {
  if (headers['x-amz-copy-source'] !== undefined) throw new S3Error('NotImplemented')
  const { md5: etag, sha256 } = digests
  const checksums = withType(digests.checksums)
  const draft = {
    key,
    size: body.length,
    etag,
    sha256,
    modifiedAt: now,
    headers: headersToKeep(headers),
    checksums,
  }
  await buckets.write(bucket, draft, body, conditions)
  return { status: 200, headers: { etag: `"${etag}"`, ...checksums } }
}

/** GetObject with one range, If-Match, If-None-Match and the response-* overrides. */
export const getObject: S3Handler = async (call, { buckets }) => {
  const { record, body } = await buckets.read(call.bucket, call.key)
  const early = replyToConditions(call, record)
  if (early !== undefined) return early
  const range = rangeOf(call.headers.range, body.length)
  const headers = headersOf(record, range === undefined && call.headers['x-amz-checksum-mode'] === 'ENABLED')
  for (const name of overridable) {
    const value = call.query.get(`response-${name}`)
    if (value !== undefined) headers[name] = value
  }
  if (range === undefined) return { status: 200, headers, body }
  headers['content-range'] = `bytes ${range.first}-${range.last}/${body.length}`
  return { status: 206, headers, body: body.subarray(range.first, range.last + 1) }
}

/** HeadObject: a GetObject without the bytes. */
export const headObject: S3Handler = async (call, { buckets }) => {
  const record = buckets.find(call.bucket, call.key)
  const headers = headersOf(record, call.headers['x-amz-checksum-mode'] === 'ENABLED')
  return (
    replyToConditions(call, record) ?? {
      status: 200,
      headers: { ...headers, 'content-length': String(record.size) },
    }
  )
}

/** DeleteObject: content when there is nothing to delete. */
export const deleteObject: S3Handler = async ({ bucket, key }, { buckets }) => {
  buckets.require(bucket)
  await buckets.remove(bucket, key)
  return { status: 204 }
}

/** Checksums as S3 answers them: a whole body's are of type FULL_OBJECT. */
function withType(checksums: Record<string, string>): Record<string, string> {
  return Object.keys(checksums).length === 0 ? {} : { ...checksums, 'x-amz-checksum-type': 'FULL_OBJECT' }
}

function replyToConditions({ headers }: S3Call, record: ObjectRecord): S3Reply | undefined {
  if (headers['if-match'] !== undefined && !names(headers['if-match'], record))
    throw new S3Error('PreconditionFailed')
  if (headers['if-none-match'] === undefined || !names(headers['if-none-match'], record)) return undefined
  return { status: 304, headers: { etag: `"${record.etag}"` } }
}

function names(condition: string, { etag }: ObjectRecord): boolean {
  return condition.split(',').some((one) => one.trim() === '*' || one.trim().replaceAll('"', '') === etag)
}

/** `bytes=first-last`, `bytes=first-` or `bytes=-length`; anything else asks for the whole. Throws InvalidRange. */
function rangeOf(header: string | undefined, size: number): { first: number; last: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return undefined
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (first > last) throw new S3Error('InvalidRange')
  return { first, last }
}
