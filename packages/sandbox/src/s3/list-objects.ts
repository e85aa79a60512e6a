import { compareBytes } from './buckets.ts'
import type { ObjectRecord } from './object-record.ts'
import { encodeStrictly } from './request-target.ts'
import type { S3Handler } from './s3-call.ts'
import { S3Error } from './s3-error.ts'
import { document, element } from './xml.ts'

/** One page: the objects, the folders (`delimiter`), and where the next page starts. */
interface Page {
  contents: ObjectRecord[]
  folders: string[]
  /** The last key or folder of this page, when there is more. */
  next: string | undefined
}

/** ListObjectsV2: prefix, delimiter, start-after, max-keys and continuation tokens. */
export const listObjects: S3Handler = async ({ bucket, query }, { buckets }) => {
  const asked = query.get('max-keys')
  const token = query.get('continuation-token')
  const max = Math.min(1000, Number(asked ?? 1000))
  if (!Number.isInteger(max) || max < 0)
    throw new S3Error('InvalidArgument', 'Argument max-keys must be an integer between 0 and 2147483647')
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const after =
    token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString()
  const page = pageOf(buckets.records(bucket), { prefix, delimiter, after, max })

  const encoded = query.get('encoding-type') === 'url'
  const name = (key: string): string => (encoded ? encodeStrictly(key).replaceAll('%2F', '/') : key)
  const body = document('ListBucketResult', [
    element('Name', bucket),
    element('Prefix', name(prefix)),
    ...(delimiter === '' ? [] : [element('Delimiter', name(delimiter))]),
    ...(encoded ? [element('EncodingType', 'url')] : []),
    element('MaxKeys', max),
    element('KeyCount', page.contents.length + page.folders.length),
    element('IsTruncated', page.next !== undefined),
    ...(token === undefined ? [] : [element('ContinuationToken', token)]),
    ...(page.next === undefined
      ? []
      : [element('NextContinuationToken', Buffer.from(page.next).toString('base64url'))]),
    ...page.contents.map((record) => contents(record, name(record.key))),
    ...page.folders.map((folder) => element('CommonPrefixes', [element('Prefix', name(folder))])),
  ])
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

function contents(record: ObjectRecord, key: string): string {
  return element('Contents', [
    element('Key', key),
    element('LastModified', new Date(record.modifiedAt).toISOString()),
    element('ETag', `"${record.etag}"`),
    element('Size', record.size),
    element('StorageClass', 'STANDARD'),
  ])
}

interface PageQuery {
  prefix: string
  delimiter: string
  after: string
  max: number
}

function pageOf(records: readonly ObjectRecord[], { prefix, delimiter, after, max }: PageQuery): Page {
  const page: Page = { contents: [], folders: [], next: undefined }
  let last = after
  for (let at = firstNotBefore(records, compareBytes(after, prefix) > 0 ? after : prefix); max > 0; at += 1) {
    const record = records[at]
    if (record === undefined || !record.key.startsWith(prefix)) return page
    const end = delimiter === '' ? -1 : record.key.indexOf(delimiter, prefix.length)
    const shown = end < 0 ? record.key : record.key.slice(0, end + delimiter.length)
    // a folder was shown once for all its keys, on this page or on the one before
    if (shown === last || compareBytes(record.key, after) <= 0) continue
    if (page.contents.length + page.folders.length === max) return { ...page, next: last }
    if (end < 0) page.contents.push(record)
    else page.folders.push(shown)
    last = shown
  }
  return page
}

/** Binary search for the first key that is not before `key`. */
function firstNotBefore(records: readonly ObjectRecord[], key: string): number {
  let low = 0
  let high = records.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareBytes(records[middle]?.key ?? '', key) < 0) low = middle + 1
    else high = middle
  }
  return low
}
