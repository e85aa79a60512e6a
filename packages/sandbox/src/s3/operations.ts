import { listObjects } from './list-objects.ts'
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from './multipart-operations.ts'
import { deleteObject, getObject, headObject, putObject } from './object-operations.ts'
import type { RequestTarget } from './request-target.ts'
import type { S3Handler } from './s3-call.ts'
import { S3Error } from './s3-error.ts'

/** The operations of S3 that this server knows, by the names of the S3 API. */
export type S3Operation =
  | 'CreateBucket'
  | 'HeadBucket'
  | 'ListObjectsV2'
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'

interface Route {
  operation: S3Operation
  method: string
  of: 'bucket' | 'key'
  /** Query parameters that must be there. */
  needs: readonly string[]
  /** Others that may be; any not named makes it another operation, one we do not have. */
  allows: readonly RegExp[]
  handle: S3Handler
}

const always = [/^x-id$/, /^x-amz-/i]
const listing = [/^(prefix|delimiter|continuation-token|start-after|max-keys|encoding-type|fetch-owner)$/]

const routes: readonly Route[] = [
  { operation: 'CreateBucket', method: 'PUT', of: 'bucket', needs: [], allows: [], handle: createBucket },
  { operation: 'HeadBucket', method: 'HEAD', of: 'bucket', needs: [], allows: [], handle: headBucket },
  {
    operation: 'ListObjectsV2',
    method: 'GET',
    of: 'bucket',
    needs: ['list-type'],
    allows: listing,
    handle: listObjects,
  },
  { operation: 'PutObject', method: 'PUT', of: 'key', needs: [], allows: [], handle: putObject },
  { operation: 'GetObject', method: 'GET', of: 'key', needs: [], allows: [/^response-/], handle: getObject },
  {
    operation: 'HeadObject',
    method: 'HEAD',
    of: 'key',
    needs: [],
    allows: [/^response-/],
    handle: headObject,
  },
  { operation: 'DeleteObject', method: 'DELETE', of: 'key', needs: [], allows: [], handle: deleteObject },
  {
    operation: 'CreateMultipartUpload',
    method: 'POST',
    of: 'key',
    needs: ['uploads'],
    allows: [],
    handle: createMultipartUpload,
  },
  {
    operation: 'UploadPart',
    method: 'PUT',
    of: 'key',
    needs: ['partNumber', 'uploadId'],
    allows: [],
    handle: uploadPart,
  },
  {
    operation: 'CompleteMultipartUpload',
    method: 'POST',
    of: 'key',
    needs: ['uploadId'],
    allows: [],
    handle: completeMultipartUpload,
  },
  {
    operation: 'AbortMultipartUpload',
    method: 'DELETE',
    of: 'key',
    needs: ['uploadId'],
    allows: [],
    handle: abortMultipartUpload,
  },
]

/** Finds the operation a request asks for. Throws NotImplemented. */
export function routeOf(method: string, { bucket, key, query }: RequestTarget): Route {
  const of = key === '' ? 'bucket' : 'key'
  const found = routes.find(
    (route) =>
      route.method === method &&
      route.of === of &&
      route.needs.every((name) => query.has(name)) &&
      [...query.keys()].every(
        (name) =>
          route.needs.includes(name) || [...always, ...route.allows].some((pattern) => pattern.test(name)),
      ),
  )
  if (found === undefined || bucket === '') throw new S3Error('NotImplemented')
  return found
}

async function createBucket(...[{ bucket }, { buckets }]: Parameters<S3Handler>): ReturnType<S3Handler> {
  await buckets.create(bucket)
  return { status: 200, headers: { location: `/${bucket}` } }
}

async function headBucket(...[{ bucket }, { buckets }]: Parameters<S3Handler>): ReturnType<S3Handler> {
  buckets.require(bucket)
  return { status: 200 }
}
