import { hash } from 'node:crypto'
import { checksumOf } from './checksums.ts'
import { headersToKeep } from './object-headers.ts'
import type { S3Handler } from './s3-call.ts'
import { S3Error } from './s3-error.ts'
import { document, element, insides } from './xml.ts'

const xml = { 'content-type': 'application/xml' }

/** CreateMultipartUpload. A checksum of the whole (FULL_OBJECT) is not offered, only of the parts' checksums. */
export const createMultipartUpload: S3Handler = async ({ bucket, key, headers }, { buckets, uploads }) => {
  buckets.require(bucket)
  const algorithm = headers['x-amz-checksum-algorithm']?.toLowerCase()
  if (algorithm !== undefined) checksumOf(algorithm, Buffer.alloc(0))
  if (headers['x-amz-checksum-type'] === 'FULL_OBJECT') throw new S3Error('NotImplemented')
  const id = uploads.create({ bucket, key, headers: headersToKeep(headers), algorithm })
  const body = document('InitiateMultipartUploadResult', [
    element('Bucket', bucket),
    element('Key', key),
    element('UploadId', id),
  ])
  return { status: 200, headers: xml, body }
}

/** UploadPart; parts may come in any order and replace one another. */
export const uploadPart: S3Handler = async ({ bucket, key, query, headers, body, digests }, { uploads }) => {
  if (headers['x-amz-copy-source'] !== undefined) throw new S3Error('NotImplemented')
  uploads.addPart(
    query.get('uploadId') ?? '',
    `${bucket}/${key}`,
    Number(query.get('partNumber')),
    body,
    digests,
  )
  return { status: 200, headers: { etag: `"${digests.md5}"`, ...digests.checksums } }
}

/** CompleteMultipartUpload with If-None-Match: * and If-Match. */
export const completeMultipartUpload: S3Handler = async (
  { bucket, key, query, conditions, body, now },
  { buckets, uploads },
) => {
  const id = query.get('uploadId') ?? ''
  const name = `${bucket}/${key}`
  const claimed = insides(body.toString(), 'Part').map((part) => ({
    number: Number(insides(part, 'PartNumber')[0]),
    etag: /[0-9a-f]{32}/.exec(insides(part, 'ETag')[0] ?? '')?.[0] ?? '',
  }))
  const { body: whole, etag, headers: keep, checksums } = uploads.assemble(id, name, claimed)
  const draft = {
    key,
    size: whole.length,
    etag,
    sha256: hash('sha256', whole),
    modifiedAt: now,
    headers: keep,
    checksums,
  }
  await buckets.write(bucket, draft, whole, conditions)
  uploads.end(id, name)
  const reply = document('CompleteMultipartUploadResult', [
    element('Bucket', bucket),
    element('Key', key),
    element('ETag', `"${etag}"`),
  ])
  return { status: 200, headers: xml, body: reply }
}

/** AbortMultipartUpload. */
export const abortMultipartUpload: S3Handler = async ({ bucket, key, query }, { uploads }) => {
  uploads.end(query.get('uploadId') ?? '', `${bucket}/${key}`)
  return { status: 204 }
}
