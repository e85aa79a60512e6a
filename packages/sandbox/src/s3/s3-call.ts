import type { Buckets, WriteConditions } from './buckets.ts'
import type { Digests } from './checksums.ts'
import type { MultipartUploads } from './multipart-uploads.ts'
import type { Headers } from './sigv4.ts'

/** A request whose signature and body were checked. */
export interface S3Call {
  bucket: string
  key: string
  query: ReadonlyMap<string, string>
  /** By lower-case name; a presigned URL's x-amz- parameters count as headers. */
  headers: Headers
  /** What the request demands of the object that is there, as this bucket's server reads it. */
  conditions: WriteConditions
  body: Buffer
  digests: Digests
  /** Unix ms. */
  now: number
}

/** What is sent back. */
export interface S3Reply {
  status: number
  headers?: Record<string, string>
  body?: Buffer | string
}

/** What an operation works on. */
export interface S3State {
  buckets: Buckets
  uploads: MultipartUploads
}

/** One operation of S3. Throws S3Error. */
export type S3Handler = (call: S3Call, state: S3State) => Promise<S3Reply>
