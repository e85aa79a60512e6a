import { S3Error } from './s3-error.ts'
import type { S3ErrorCode } from './s3-error.ts'
import type { Headers } from './sigv4.ts'

/** How a bucket's server departs from AWS. What is known of each store, and from where, is in docs/buckets.md. */
export interface Manners {
  /** If-None-Match and If-Match on a write: obeyed, ignored, or refused with this status (OSS says 400 or 501). */
  conditions: 'obeyed' | 'ignored' | 400 | 501
  /** A header of its own for "only if there is none", and what it answers where there is one. */
  forbidOverwrite?: { header: string; code: S3ErrorCode }
  /** Versioning is or once was on: its own header has no effect then. */
  versioned: boolean
  /** Whether the bucket's name may stand in the path. */
  pathStyle: boolean
  awsChunked: boolean
  /** Larger bodies are EntityTooLarge; bytes. */
  largestBody: number
  /** Longer keys are KeyTooLongError; bytes. */
  longestKey: number
}

const aws: Manners = {
  conditions: 'obeyed',
  versioned: false,
  pathStyle: true,
  awsChunked: true,
  largestBody: Infinity,
  longestKey: 1024,
}

/** The stores that people have. Where a store's behaviour is not known, the more dangerous one is played. */
export const dialects = {
  aws,
  r2: aws,
  oss: {
    ...aws,
    conditions: 400,
    forbidOverwrite: { header: 'x-oss-forbid-overwrite', code: 'FileAlreadyExists' },
    pathStyle: false,
    awsChunked: false,
    longestKey: 1023,
  },
  cos: {
    ...aws,
    conditions: 'ignored',
    forbidOverwrite: { header: 'x-cos-forbid-overwrite', code: 'FileAlreadyExists' },
    awsChunked: false,
  },
  ibm: {
    ...aws,
    forbidOverwrite: { header: 'x-ibm-forbid-overwrite', code: 'ObjectAlreadyExists' },
  },
  b2: { ...aws, conditions: 501 },
  gcs: { ...aws, conditions: 'ignored', awsChunked: false },
} as const satisfies Record<string, Manners>
export type Dialect = keyof typeof dialects

/** A bucket to start with: a name, or a name with a dialect and departures from it. */
export type BucketSetting = string | ({ name: string; dialect?: Dialect } & Partial<Manners>)

/** The manners of each bucket by its name; AWS's for all that are not named. */
export function mannersOf(settings: readonly BucketSetting[]): (bucket: string) => Manners {
  const byName = new Map<string, Manners>()
  for (const setting of settings) {
    if (typeof setting === 'string') continue
    const { name, dialect = 'aws', ...departures } = setting
    byName.set(name, { ...dialects[dialect], ...departures })
  }
  return (bucket) => byName.get(bucket) ?? aws
}

/** What can be said before the body is read. Throws what this store would answer. */
export function refuseByManners(
  manners: Manners,
  call: { method: string; key: string; headers: Headers; virtualHost: boolean },
): void {
  const { method, key, headers, virtualHost } = call
  if (!manners.pathStyle && !virtualHost) throw new S3Error('SecondLevelDomainForbidden')
  if (Buffer.byteLength(key) > manners.longestKey) throw new S3Error('KeyTooLongError')
  if (method !== 'PUT') return
  const streams = headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false
  if (streams && !manners.awsChunked)
    throw new S3Error(
      'InvalidArgument',
      'aws-chunked encoding is not supported with the specified x-amz-content-sha256 value',
    )
  const conditional = headers['if-none-match'] !== undefined || headers['if-match'] !== undefined
  if (conditional && typeof manners.conditions === 'number')
    throw new S3Error(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented.',
      manners.conditions,
    )
  if (Number(headers['content-length'] ?? 0) > manners.largestBody) throw new S3Error('EntityTooLarge')
}

/** What a write demands of the object that is there, as this store reads it. */
export function conditionsOf(manners: Manners, headers: Headers) {
  const { forbidOverwrite, versioned, conditions } = manners
  const forbids = forbidOverwrite !== undefined && headers[forbidOverwrite.header]?.toLowerCase() === 'true'
  return {
    ...(conditions === 'obeyed' && { ifNoneMatch: headers['if-none-match'], ifMatch: headers['if-match'] }),
    ...(forbids && !versioned && { createOnly: forbidOverwrite.code }),
  }
}
