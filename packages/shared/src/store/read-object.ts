import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { type Bucket, callBucket } from './call-bucket.ts'
import { StoreError } from './store-error.ts'

export type ObjectHead = {
  bytes: number
  sha256?: string
  contentType: string
  metadata: Readonly<Record<string, string>>
  /** Changes when the object is replaced. */
  etag?: string
  /** It is there, and nobody can read it before somebody restores it. */
  archived?: true
}

/** undefined when there is no such key. */
export function getObject(bucket: Bucket, key: string): Promise<Buffer | undefined> {
  const asked = new GetObjectCommand({ Bucket: bucket.name, Key: key })
  return absentAs404(
    callBucket(bucket, `get ${key}`, async (limits) => {
      const { Body } = await bucket.client.send(asked, limits)
      return Buffer.from((await Body?.transformToByteArray()) ?? [])
    }),
  )
}

/** undefined when there is no such key. */
export function headObject(bucket: Bucket, key: string): Promise<ObjectHead | undefined> {
  const withChecksum = bucket.createOnce === 'if-none-match' && ({ ChecksumMode: 'ENABLED' } as const)
  const asked = new HeadObjectCommand({ Bucket: bucket.name, Key: key, ...withChecksum })
  return absentAs404(
    callBucket(bucket, `head ${key}`, async (limits) => {
      const answer = await bucket.client.send(asked, limits)
      const { ContentLength, ContentType, Metadata, ChecksumSHA256, ETag } = answer
      const sha256 = Metadata?.['sha256'] ?? hexOf(ChecksumSHA256)
      return {
        bytes: ContentLength ?? 0,
        contentType: ContentType ?? 'application/octet-stream',
        metadata: Metadata ?? {},
        ...(sha256 && { sha256 }),
        ...(ETag !== undefined && { etag: ETag }),
        ...(isArchived(answer) && { archived: true as const }),
      }
    }),
  )
}

/** Classes that are read only after a restore; of the others S3 names an archive where the object is in one. */
const archives = new Set<string>(['GLACIER', 'DEEP_ARCHIVE'])

const isArchived = ({ StorageClass, ArchiveStatus, Restore = '' }: HeadObjectCommandOutput): boolean =>
  (archives.has(StorageClass ?? '') || ArchiveStatus !== undefined) &&
  !Restore.includes('ongoing-request="false"')

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
