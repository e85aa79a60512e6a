import type { ObjectRecord } from './object-record.ts'
import type { Headers } from './sigv4.ts'

const kept = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-server-side-encryption',
]

/** The headers of a write that are given back with every read. */
export function headersToKeep(headers: Headers): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && (kept.includes(name) || name.startsWith('x-amz-meta-'))) result[name] = value
  const encoding = (headers['content-encoding'] ?? '').split(',').map((part) => part.trim())
  const own = encoding.filter((part) => part !== '' && part !== 'aws-chunked').join(',')
  return {
    'content-type': 'application/octet-stream',
    ...result,
    ...(own === '' ? {} : { 'content-encoding': own }),
  }
}

/** The headers of a GET or HEAD reply; the length is the sender's business. */
export function headersOf(record: ObjectRecord, wantsChecksums: boolean): Record<string, string> {
  return {
    ...record.headers,
    ...(wantsChecksums ? record.checksums : {}),
    etag: `"${record.etag}"`,
    'last-modified': new Date(record.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
  }
}
