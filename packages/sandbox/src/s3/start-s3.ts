import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { openBuckets } from './buckets.ts'
import { mannersOf } from './dialects.ts'
import type { BucketSetting } from './dialects.ts'
import { planFaults } from './faults.ts'
import type { Faults } from './faults.ts'
import { openUploads } from './multipart-uploads.ts'
import { keepInFiles } from './object-files.ts'
import { keepInMemory } from './object-memory.ts'
import type { ObjectRecord } from './object-record.ts'
import type { S3Operation } from './operations.ts'
import { S3Error } from './s3-error.ts'
import { serveRequest } from './serve-request.ts'
import type { S3World } from './serve-request.ts'
import { signatureVerifier } from './sigv4.ts'

/** How to start a server. */
export interface S3Options {
  /** 0 (the default) takes any free one. */
  port?: number
  /** Keeps everything in this folder; without it everything is in memory. One server per folder. */
  dir?: string
  accessKeyId: string
  secretAccessKey: string
  /** Default us-east-1. */
  region?: string
  /** Made if they are not there. One that is no mere name departs from AWS. */
  buckets: readonly BucketSetting[]
  /** Unix ms; the clock that signatures are held against. */
  now?: () => number
}

/** A running server. */
export interface S3Server {
  /** http://127.0.0.1:port; buckets are paths below it. */
  url: string
  /** http://localhost:port; with it, clients put the bucket's name before the host. */
  hostUrl: string
  faults: Faults
  /** Requests so far, by operation, refused ones too. */
  requests: Partial<Record<S3Operation, number>>
  /** What a bucket holds, by key. */
  objects: (bucket: string) => Pick<ObjectRecord, 'key' | 'size' | 'sha256' | 'versionsWritten'>[]
  /** An object as it lies there, whatever faults are planned; `edit` as its metadata says. Throws NoSuchKey. */
  read: (bucket: string, key: string) => Promise<{ body: Buffer; edit: string | undefined }>
  /** Cuts every connection; what was being stored is finished first. */
  stop: () => Promise<void>
}

/** Starts a server that speaks S3 on 127.0.0.1: path style and `bucket.localhost`, signatures and checksums checked, writes atomic. */
export async function startS3(options: S3Options): Promise<S3Server> {
  const { port = 0, dir, accessKeyId, secretAccessKey, region = 'us-east-1', now = Date.now } = options
  const buckets = await openBuckets(dir === undefined ? keepInMemory() : keepInFiles(dir))
  for (const bucket of options.buckets)
    await buckets.create(typeof bucket === 'string' ? bucket : bucket.name).catch(ignoreExisting)
  let requestCount = 0
  const world: S3World = {
    buckets,
    uploads: openUploads(),
    verify: signatureVerifier({ accessKeyId, secretAccessKey, region }),
    faults: planFaults(),
    mannersOf: mannersOf(options.buckets),
    requests: {},
    now,
    nextRequestId: () => (requestCount += 1).toString(16).toUpperCase().padStart(16, '0'),
  }

  const running = new Set<Promise<void>>()
  const serve = (request: IncomingMessage, response: ServerResponse, goOn?: () => void): void => {
    const served = serveRequest(request, response, world, goOn)
      // whatever could not be answered ends the connection, not the server
      .catch(() => void response.destroy())
      .finally(() => running.delete(served))
    running.add(served)
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => serve(request, response))
  server.on('checkContinue', (request, response) => serve(request, response, () => response.writeContinue()))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')

  return {
    url: `http://127.0.0.1:${address.port}`,
    hostUrl: `http://localhost:${address.port}`,
    faults: world.faults,
    requests: world.requests,
    objects: (bucket) =>
      buckets
        .records(bucket)
        .map(({ key, size, sha256, versionsWritten }) => ({ key, size, sha256, versionsWritten })),
    read: async (bucket, key) => {
      const { body, record } = await buckets.read(bucket, key)
      return { body, edit: record.headers['x-amz-meta-edit'] }
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await Promise.all([closed, ...running])
    },
  }
}

function ignoreExisting(cause: unknown): void {
  if (!(cause instanceof S3Error && cause.code === 'BucketAlreadyOwnedByYou')) throw cause
}
